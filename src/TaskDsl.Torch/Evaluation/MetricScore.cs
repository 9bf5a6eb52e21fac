using System.Text.Json.Serialization;

namespace TaskDsl.Torch.Evaluation;

/// <summary>A metric's score with the interval that 95 % of resampled test sets fall into (bootstrap, Efron 1979).</summary>
/// <param name="Metric">The metric's word.</param>
/// <param name="Value">The score.</param>
/// <param name="Low">The interval's lower end.</param>
/// <param name="High">The interval's upper end.</param>
/// <param name="HigherIsBetter">Whether more is better.</param>
public sealed record MetricScore(string Metric, double Value, double Low, double High, bool HigherIsBetter = true)
{
    /// <summary>
    /// The scores of the resampled test sets. The k-th resample draws the same examples in every measurement of as many examples, so that
    /// two measurements can be compared pair by pair. Empty in files of versions that did not write it.
    /// </summary>
    [JsonConverter(typeof(OneLine<IReadOnlyList<double>>))]
    public IReadOnlyList<double> Resampled { get; init; } = [];
}
