using TaskDsl.Prompts;
using TaskDsl.Torch.Inference;
using TaskDsl.Torch.Objectives;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Models;

/// <summary>Where a run's model comes from. A bare path means <see cref="Pretrained"/>. Each way is one file with a <c>[Keyword]</c> record.</summary>
public abstract record ModelSource
{
    /// <summary>The layout of messages that the model was trained for. Default: the prompt's own.</summary>
    public ChatFormat? ChatFormat { get; init; }

    /// <summary>Reads or makes the model.</summary>
    public abstract LoadedModel Open(ModelRequest request);
}

/// <summary>What a run can say to the source of its model.</summary>
public sealed record ModelRequest
{
    /// <summary>Where relative paths start.</summary>
    public required string ProjectDirectory { get; init; }

    /// <summary>Where the model must be. Default: the CPU.</summary>
    public Device? Device { get; init; }

    /// <summary>The head that the run's objective needs. Default: the model's own.</summary>
    public HeadRequest? Head { get; init; }

    /// <summary>The seed of new weights.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The texts that a new tokenizer learns from, as UTF-8.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Corpus { get; init; } = [];

    /// <summary>Special tokens that a new tokenizer must have, for the chat formats of the run.</summary>
    public IReadOnlyList<string> SpecialTokens { get; init; } = [];

    /// <summary>Whether only the model's shape is wanted, without its numbers: to say what a run would take.</summary>
    public bool Outline { get; init; }

    /// <summary>Ends the work.</summary>
    public CancellationToken Cancellation { get; init; }
}
