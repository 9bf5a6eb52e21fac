using TaskDsl.Torch.Models;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Opening.Loading;

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

    /// <summary>The 16-bit numbers that weights of a file which has them in those may be kept in. Default: float32.</summary>
    internal WeightType? Frozen { get; init; }

    /// <summary>Whether only the model's shape is wanted, without its numbers: to say what a run would take.</summary>
    public bool OnMeta { get; init; }

    /// <summary>Ends the work.</summary>
    public CancellationToken Cancellation { get; init; }
}
