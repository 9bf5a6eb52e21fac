namespace TaskDsl.Torch.Runs;

/// <summary>What a run has come to.</summary>
public enum RunStatus
{
    /// <summary>It runs, or was killed while it ran.</summary>
    Running,

    /// <summary>The model is tuned; its answers are not yet measured.</summary>
    Trained,

    /// <summary>It is over.</summary>
    Finished,

    /// <summary>It was cancelled and can go on.</summary>
    Interrupted,

    /// <summary>Loss or gradients were no longer finite.</summary>
    Diverged,
}
