using TaskDsl.Vocabulary;

namespace TaskDsl.Data.Splits;

/// <summary>
/// Divides examples by a hash of their input: the same input always falls into the same part, in every task and every run,
/// so nothing leaks between parts and new examples move no old one. The shares come out to chance.
/// </summary>
[Keyword("random", IsDefault = true)]
public sealed record RandomSplit : Split;
