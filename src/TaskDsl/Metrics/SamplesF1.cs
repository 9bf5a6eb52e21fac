using TaskDsl.Metrics.Counting;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl.Metrics;

/// <summary>
/// The harmonic mean of precision and recall over the labels, entities or items of one answer, whatever their order and number, averaged
/// over answers, as scikit-learn's <c>f1_score(average='samples')</c>.
/// </summary>
/// <remarks>Where there is nothing to find, nothing found is 1, where scikit-learn says 0.</remarks>
[Keyword("samples_f1")]
[Measures("labels", "entities", "list<text>", "list<string>", "list<int>", "list<float>", "list<bool>", "list<label>")]
public sealed record SamplesF1 : Metric
{
    /// <inheritdoc/>
    public override bool IsMean => true;

    /// <inheritdoc/>
    public override double Score(ReadOnlySpan<Answer> answers)
    {
        if (answers.IsEmpty)
            return double.NaN;
        var sum = 0.0;
        foreach (var (gold, predicted) in answers)
        {
            if (predicted is null)
                continue;
            var (right, found) = (new HashSet<OutputItem>(gold), new HashSet<OutputItem>(predicted));
            sum += right.Count + found.Count == 0 ? 1 : 2.0 * right.Intersect(found).Count() / (right.Count + found.Count);
        }

        return sum / answers.Length;
    }
}
