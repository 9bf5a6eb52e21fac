using System.Globalization;
using TaskDsl.Metrics.Counting;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace RealData.Metrics;

/// <summary>
/// LawBench 3-4 (<c>compute_ljp_imprison</c>): the mean distance of the logarithms of two numbers of months, each one month longer, as a
/// share of the greatest (ln 216, which an answer that is none has), taken off 1.
/// </summary>
[Keyword("log_distance"), Measures("int"), Revision(1)]
public sealed record LogDistance : Metric
{
    private static readonly double Greatest = Math.Log(216);

    /// <inheritdoc/>
    public override bool IsMean => true;

    /// <inheritdoc/>
    public override double Score(ReadOnlySpan<Answer> answers)
    {
        if (answers.IsEmpty)
            return double.NaN;
        var sum = 0.0;
        foreach (var (gold, found) in answers)
            sum += found is [var only] ? Math.Abs(Logarithm(gold[0]) - Logarithm(only)) : Greatest;
        return 1 - sum / answers.Length / Greatest;
    }

    // A head may answer less than no month.
    private static double Logarithm(OutputItem months) =>
        Math.Log(Math.Max(0, double.Parse(months.Value, CultureInfo.InvariantCulture)) + 1);
}
