namespace TaskDsl.Torch.Training;

/// <summary>How far a run is.</summary>
public sealed record TrainingProgress
{
    /// <summary>What the run is doing.</summary>
    public required RunPhase Phase { get; init; }

    /// <summary>The part of the run that is concerned: a task's name where each task gets a model of its own; else empty.</summary>
    public string Part { get; init; } = "";

    /// <summary>Something that the user should know; null = nothing.</summary>
    public string? Notice { get; init; }

    /// <summary>Steps done: optimizer steps while training, answers while evaluating.</summary>
    public int Step { get; init; }

    /// <summary>Steps in all.</summary>
    public int Steps { get; init; }

    /// <summary>The mean loss of the last step; null before the first.</summary>
    public double? Loss { get; init; }

    /// <summary>The mean loss on the validation part, at the last time that it was measured.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>The learning rate of the last step.</summary>
    public double LearningRate { get; init; }

    /// <summary>Tokens per second, padding not counted, over the last few seconds.</summary>
    public double TokensPerSecond { get; init; }

    /// <summary>The time that the phase will still take, as far as can be told.</summary>
    public TimeSpan? Eta { get; init; }
}
