using TaskDsl.Metrics.Counting;
using TaskDsl.Vocabulary;

namespace TaskDsl.Metrics;

/// <summary>The share of answers that equal the gold in every item, in order: for any output.</summary>
[Keyword("exact_match")]
public sealed record ExactMatch : Metric
{
    /// <inheritdoc/>
    public override bool IsMean => true;

    /// <inheritdoc/>
    public override double Score(ReadOnlySpan<Answer> answers)
    {
        if (answers.IsEmpty)
            return double.NaN;
        var right = 0;
        foreach (var answer in answers)
            if (answer.IsRight)
                right++;
        return (double)right / answers.Length;
    }
}
