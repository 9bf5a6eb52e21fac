using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.ReadOuts;

/// <summary>The worst of the scores: the least, or the greatest where less is better.</summary>
[Keyword("worst")]
public sealed record Worst : Statistic
{
    /// <inheritdoc/>
    protected override double Of(IReadOnlyList<double> values, bool higherIsBetter) => higherIsBetter ? values.Min() : values.Max();
}
