using TaskDsl.Metrics.Counting;
using TaskDsl.Vocabulary;

namespace TaskDsl.Metrics;

/// <summary>
/// The share of answers that the task's format can parse. Where decoding is not constrained, it is measured whether the task lists it or
/// not; constrained answers always parse.
/// </summary>
[Keyword("validity")]
public sealed record Validity : Metric
{
    /// <inheritdoc/>
    public override bool IsMean => true;

    /// <inheritdoc/>
    public override double Score(ReadOnlySpan<Answer> answers)
    {
        var valid = 0;
        foreach (var (_, predicted) in answers)
            if (predicted is not null)
                valid++;
        return answers.IsEmpty ? double.NaN : (double)valid / answers.Length;
    }
}
