using TaskDsl.Metrics.Counting;
using TaskDsl.Vocabulary;

namespace OwnWords.Words;

/// <summary>The share of answers whose first item is the gold's first.</summary>
[Keyword("first_item")]
public sealed record FirstItem : Metric
{
    /// <inheritdoc/>
    public override double Score(ReadOnlySpan<Answer> answers)
    {
        var right = 0;
        foreach (var (gold, predicted) in answers)
            if (predicted is [var first, ..] && gold is [var expected, ..] && first == expected)
                right++;
        return (double)right / answers.Length;
    }
}
