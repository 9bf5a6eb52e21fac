using TaskDsl.Metrics.Counting;
using TaskDsl.Vocabulary;

namespace TaskDsl.Metrics;

/// <summary>The share of the gold's items that the answers have at the same place: for a label, the share of right labels.</summary>
[Keyword("accuracy")]
public sealed record Accuracy : Metric
{
    /// <inheritdoc/>
    public override double Score(ReadOnlySpan<Answer> answers)
    {
        long right = 0,
            all = 0;
        foreach (var (gold, predicted) in answers)
        {
            all += gold.Count;
            if (predicted is null)
                continue;
            var left = new Counts(predicted);
            foreach (var item in gold)
                if (left.Take(item))
                    right++;
        }

        return all == 0 ? double.NaN : (double)right / all;
    }
}
