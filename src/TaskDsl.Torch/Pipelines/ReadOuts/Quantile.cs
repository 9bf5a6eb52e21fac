using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.ReadOuts;

/// <summary>
/// The score that a share of the scores does not exceed: one of them, by the inverse of their distribution (Hyndman and Fan 1996, their
/// first definition). Of twenty scores the fourth from below is the one at 0.2, and at least 17 are as great.
/// </summary>
[Keyword("quantile")]
public sealed record Quantile : Statistic
{
    /// <summary>The share; 0 = the least score, 1 = the greatest.</summary>
    [Range(0.0, 1.0)]
    public required double At { get; init; }

    /// <inheritdoc/>
    protected override double Of(IReadOnlyList<double> values, bool higherIsBetter) =>
        // A share of 0.7 of 10 is 7, whatever its rounding.
        values.Order().ElementAt(Math.Max(1, (int)Math.Ceiling(At * values.Count - 1e-9)) - 1);
}
