using System.ComponentModel.DataAnnotations;

namespace TaskDsl.Data;

/// <summary>The parts that examples are divided into.</summary>
public enum SplitName
{
    /// <summary>What is trained on.</summary>
    Train,

    /// <summary>What a run is watched on while it trains: the best checkpoint is chosen by it.</summary>
    Validation,

    /// <summary>What the result is measured on; never seen before.</summary>
    Test,
}

/// <summary>
/// Divides examples by a hash of their input: the same input always falls into the same part, in every task and every run,
/// so nothing leaks between parts and new examples move no old one.
/// </summary>
public sealed record Split
{
    /// <summary>The share that goes to the validation part.</summary>
    [Range(0.0, 0.9)]
    public double Validation { get; init; } = 0.1;

    /// <summary>The share that goes to the test part.</summary>
    [Range(0.0, 0.9)]
    public double Test { get; init; } = 0.2;

    /// <summary>Another seed gives another division.</summary>
    public int Seed { get; init; }
}
