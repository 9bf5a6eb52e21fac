using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.ReadOuts;

/// <summary>The mean of the scores.</summary>
[Keyword("mean")]
public sealed record Mean : Statistic
{
    /// <inheritdoc/>
    protected override double Of(IReadOnlyList<double> values, bool higherIsBetter) => values.Average();
}
