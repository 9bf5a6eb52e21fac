using TaskDsl.Torch.Batching;

namespace TaskDsl.Torch.Training.Forecast;

/// <summary>What a run would take.</summary>
public sealed record RunForecast
{
    /// <summary>The recipe's name; of a part, the prompt's.</summary>
    public required string Name { get; init; }

    /// <summary>The records of each part, all tasks together: training, validation, test.</summary>
    public required (long Train, long Validation, long Test) Records { get; init; }

    /// <summary>Steps, sequences, tokens and padding.</summary>
    public required BatchReport Batches { get; init; }

    /// <summary>The memory that it takes.</summary>
    public required MemoryForecast Memory { get; init; }

    /// <summary>The memory that there is.</summary>
    public required MachineMemory Machine { get; init; }

    /// <summary>Settings that would make it fit; none where it does.</summary>
    public required IReadOnlyList<Remedy> Remedies { get; init; }

    /// <summary>The time; null where it was not measured, because the run does not fit.</summary>
    public TimeForecast? Time { get; init; }

    /// <summary>Whether it fits into the memory that there is.</summary>
    public bool Fits => Memory.Peak <= Machine.Available;
}

/// <summary>The time that a run takes, from some of its steps.</summary>
/// <param name="Steps">How many steps were timed, behind a first one that is not counted.</param>
/// <param name="PerStep">Their mean.</param>
/// <param name="Training">All steps.</param>
/// <param name="Validation">All measurements of the validation part.</param>
/// <param name="Answers">The answers to the test part before and after, by one batch per task and language; null where that took too long to wait for.</param>
public sealed record TimeForecast(int Steps, TimeSpan PerStep, TimeSpan Training, TimeSpan Validation, TimeSpan? Answers)
{
    /// <summary>All that is known.</summary>
    public TimeSpan Total => Training + Validation + (Answers ?? TimeSpan.Zero);
}
