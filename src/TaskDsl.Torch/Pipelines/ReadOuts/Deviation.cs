using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.ReadOuts;

/// <summary>The standard deviation of the scores, of a sample: their squares are divided by one less than there are.</summary>
[Keyword("deviation")]
public sealed record Deviation : Statistic
{
    /// <inheritdoc/>
    protected override double Of(IReadOnlyList<double> values, bool higherIsBetter) => Spread.Deviation(values);

    /// <inheritdoc/>
    protected override bool IsBetter(bool higherIsBetter) => false;
}
