using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Native;

namespace TaskDsl.Torch.Forecasts;

/// <summary>What a run would take.</summary>
public sealed record RunForecast
{
    /// <summary>The recipe's name; of a part, the task's.</summary>
    public required string Name { get; init; }

    /// <summary>Where it computes.</summary>
    public required string Device { get; init; }

    /// <summary>What matrices are multiplied in, in words.</summary>
    public required string Numbers { get; init; }

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

    /// <summary>The time; null where it was not measured: the run does not fit, or the plan is for another machine.</summary>
    public TimeForecast? Time { get; init; }

    /// <summary>What its user should know of its files and settings before it runs.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];

    /// <summary>Whether it fits into the memory that there is.</summary>
    public bool Fits => Memory.Peak <= Machine.Available;
}
