using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.ReadOuts;

/// <summary>The middle one of the scores, or the mean of the two in the middle.</summary>
[Keyword("median")]
public sealed record Median : Statistic
{
    /// <inheritdoc/>
    protected override double Of(IReadOnlyList<double> values, bool higherIsBetter) => Spread.Median(values);
}
