using TaskDsl.HuggingFace.Tokenizers;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Models;

namespace TaskDsl.Torch.Objectives.Losses;

/// <summary>What an objective can ask of its run.</summary>
public sealed record ObjectiveStart
{
    /// <summary>The model as it is before tuning.</summary>
    public required LanguageModel Model { get; init; }

    /// <summary>The model's tokenizer. Default: none is known.</summary>
    public Tokenizer? Tokenizer { get; init; }

    /// <summary>Where relative paths start. Default: the current directory.</summary>
    public string ProjectDirectory { get; init; } = "";

    /// <summary>All that the run will learn from and be watched on, made anew each time it is gone through. Default: nothing.</summary>
    public IEnumerable<TokenBatch> Batches { get; init; } = [];

    /// <summary>Ends the work.</summary>
    public CancellationToken Cancellation { get; init; }
}
