using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.ReadOuts;

/// <summary>How much of the best score so far the last one has lost (Chaudhry et al. 2018, arXiv 1801.10112): with it over rounds, or over
/// <c>column</c>, whose order is that of the tables. Below zero nothing is forgotten.</summary>
[Keyword("forgetting")]
public sealed record Forgetting : Statistic
{
    /// <inheritdoc/>
    protected override double Of(IReadOnlyList<double> values, bool higherIsBetter) =>
        values.Count < 2 ? double.NaN
        : higherIsBetter ? values.SkipLast(1).Max() - values[^1]
        : values[^1] - values.SkipLast(1).Min();

    /// <inheritdoc/>
    protected override bool IsBetter(bool higherIsBetter) => false;
}
