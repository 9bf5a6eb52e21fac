using TaskDsl.Torch.Batches;

namespace TaskDsl.Torch.Training;

/// <summary>
/// Where a training is: what it needs to go on as if it had never stopped, besides its recipe, its data and its tensors. Data order,
/// phrasings and all else that is drawn follow from the seed and the place in the stream, so no random state needs saving.
/// </summary>
public sealed record TrainingState
{
    /// <summary>Steps done, those that float16 skipped included.</summary>
    public required int Step { get; init; }

    /// <summary>The place of the next step in the stream.</summary>
    public required StreamPosition Next { get; init; }

    /// <summary>Tokens trained on so far.</summary>
    public long Tokens { get; init; }

    /// <summary>The last step whose model was measured on the validation part; -1 for none.</summary>
    public int Measured { get; init; } = -1;

    /// <summary>The best score so far, the larger the better; null before the first.</summary>
    public double? BestScore { get; init; }

    /// <summary>The step that had it; 0 for none.</summary>
    public int BestStep { get; init; }

    /// <summary>Its validation loss.</summary>
    public double? BestLoss { get; init; }

    /// <summary>The score that early stopping wants to see beaten.</summary>
    public double? LastImprovement { get; init; }

    /// <summary>How many measurements in a row have not beaten it.</summary>
    public int Unimproved { get; init; }

    /// <summary>Whether early stopping has ended the run.</summary>
    public bool Stopped { get; init; }

    /// <summary>What float16's losses are multiplied by; null in other numbers.</summary>
    public LossScale? LossScale { get; init; }

    /// <summary>How long the logs were.</summary>
    public required LogPlace Log { get; init; }
}
