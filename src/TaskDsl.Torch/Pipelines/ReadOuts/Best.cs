using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.ReadOuts;

/// <summary>
/// The best of the scores: the greatest, or the least where less is better. Chosen by what it is measured on, it flatters.
/// </summary>
[Keyword("best")]
public sealed record Best : Statistic
{
    /// <inheritdoc/>
    protected override double Of(IReadOnlyList<double> values, bool higherIsBetter) => higherIsBetter ? values.Max() : values.Min();
}
