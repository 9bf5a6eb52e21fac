using TaskDsl.Metrics.Counting;
using TaskDsl.Vocabulary;

namespace TaskDsl.Metrics;

/// <summary>The harmonic mean of precision and recall over the items of all answers together, whatever their order.</summary>
[Keyword("micro_f1")]
public sealed record MicroF1 : Metric
{
    /// <inheritdoc/>
    public override double Score(ReadOnlySpan<Answer> answers)
    {
        long right = 0,
            gold = 0,
            predicted = 0;
        foreach (var answer in answers)
        {
            gold += answer.Gold.Count;
            if (answer.Predicted is null)
                continue;
            predicted += answer.Predicted.Count;
            var left = new Counts(answer.Gold);
            foreach (var item in answer.Predicted)
                if (left.Take(item))
                    right++;
        }

        // Nothing to find and nothing found is all right.
        return gold + predicted == 0 ? (answers.IsEmpty ? double.NaN : 1) : 2.0 * right / (gold + predicted);
    }
}
