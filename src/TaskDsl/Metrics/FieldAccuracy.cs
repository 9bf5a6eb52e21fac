using TaskDsl.Metrics.Counting;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl.Metrics;

/// <summary>
/// The share of right fields, for any output: each field of an answer counts once, a record among them as one, and is right where all of it
/// equals the gold's.
/// </summary>
[Keyword("field_accuracy")]
public sealed record FieldAccuracy : Metric
{
    /// <inheritdoc/>
    public override double Score(ReadOnlySpan<Answer> answers)
    {
        long right = 0,
            all = 0;
        foreach (var (gold, predicted) in answers)
        {
            foreach (var field in gold.Concat(predicted ?? []).Select(Top).Distinct())
            {
                all++;
                if (
                    predicted is not null
                    && gold.Where(item => Top(item) == field).SequenceEqual(predicted.Where(item => Top(item) == field))
                )
                    right++;
            }
        }

        return all == 0 ? double.NaN : (double)right / all;
    }

    private static string Top(OutputItem item)
    {
        var end = item.Field.AsSpan().IndexOfAny('.', '/', '[');
        return end < 0 ? item.Field : item.Field[..end];
    }
}
