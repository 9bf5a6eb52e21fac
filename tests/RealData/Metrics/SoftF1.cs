using TaskDsl.Metrics.Counting;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace RealData.Metrics;

/// <summary>
/// LawBench 2-6 (<c>compute_ie_f1</c>): the harmonic mean of precision and recall over the kinds of an answer, each kind's texts together
/// counting by how alike they are to gold's, averaged over answers. Where there is nothing to find, nothing found is 1.
/// </summary>
[Keyword("soft_f1"), Measures("entities"), Revision(1)]
public sealed record SoftF1 : Metric
{
    /// <inheritdoc/>
    public override bool IsMean => true;

    /// <inheritdoc/>
    public override double Score(ReadOnlySpan<Answer> answers)
    {
        if (answers.IsEmpty)
            return double.NaN;
        var sum = 0.0;
        foreach (var answer in answers)
            sum += answer.Predicted is null ? 0 : Score(Kinds(answer.Gold), Kinds(answer.Predicted));
        return sum / answers.Length;
    }

    private static double Score(Dictionary<string, string> gold, Dictionary<string, string> found)
    {
        if (gold.Count == 0)
            return found.Count == 0 ? 1 : 0;
        var alike = found.Where(kind => gold.ContainsKey(kind.Key)).Sum(kind => Characters.F1(gold[kind.Key], kind.Value));
        return 2 * alike / (gold.Count + found.Count);
    }

    private static Dictionary<string, string> Kinds(IReadOnlyList<OutputItem> items) =>
        items.GroupBy(item => item.Field).ToDictionary(kind => kind.Key, kind => string.Concat(kind.Select(item => item.Value)));
}
