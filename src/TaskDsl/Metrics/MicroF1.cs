using TaskDsl.Metrics.Counting;
using TaskDsl.Vocabulary;

namespace TaskDsl.Metrics;

/// <summary>
/// The harmonic mean of precision and recall over the labels, entities or items of all answers together, whatever their order, as
/// scikit-learn's <c>f1_score(average='micro')</c> and seqeval's <c>f1_score</c>.
/// </summary>
/// <remarks>
/// Entities are the same by kind and text, as often as they stand, where seqeval compares places, which answers do not have. Where there is
/// nothing to find, nothing found is 1, where the references say 0: a part of the test set without any is not wrong.
/// </remarks>
[Keyword("micro_f1")]
[Measures("label", "labels", "entities", "list<text>", "list<string>", "list<int>", "list<float>", "list<bool>", "list<label>")]
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
