using TaskDsl.Metrics.Counting;
using TaskDsl.Vocabulary;

namespace RealData.Metrics;

/// <summary>
/// LawBench 2-10 (<c>compute_cfcy</c>): the harmonic mean of precision and recall over the words of an answer, each counting by how alike
/// it is to gold's word in the same place, averaged over answers.
/// </summary>
[Keyword("trigger_f1"), Measures("entities"), Revision(1)]
public sealed record TriggerF1 : Metric
{
    /// <inheritdoc/>
    public override bool IsMean => true;

    /// <inheritdoc/>
    public override double Score(ReadOnlySpan<Answer> answers)
    {
        if (answers.IsEmpty)
            return double.NaN;
        var sum = 0.0;
        foreach (var (gold, found) in answers)
            if (found is { Count: > 0 })
                sum += 2 * gold.Zip(found).Sum(pair => Characters.F1(pair.First.Value, pair.Second.Value)) / (gold.Count + found.Count);
        return sum / answers.Length;
    }
}
