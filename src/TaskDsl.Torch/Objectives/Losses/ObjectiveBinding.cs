using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Opening.Loading;

namespace TaskDsl.Torch.Objectives.Losses;

/// <summary>What an objective can ask of its run.</summary>
public sealed record ObjectiveBinding
{
    /// <summary>The model as it is before tuning.</summary>
    public required LoadedModel Model { get; init; }

    /// <summary>Where relative paths start.</summary>
    public required string ProjectDirectory { get; init; }

    /// <summary>All that the run will learn from and be watched on; made anew each time it is gone through.</summary>
    public required IEnumerable<TokenBatch> Batches { get; init; }

    /// <summary>Keeps something until the run ends.</summary>
    public required Action<IDisposable> Keep { get; init; }

    /// <summary>Ends the work.</summary>
    public CancellationToken Cancellation { get; init; }
}
