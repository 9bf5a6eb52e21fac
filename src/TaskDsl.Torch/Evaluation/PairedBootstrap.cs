namespace TaskDsl.Torch.Evaluation;

/// <summary>
/// How often chance alone makes a difference between two measurements of the same examples, two-sided, by their scores on the same
/// resampled test sets, as <see cref="Significance"/>. Where in no resample the difference vanishes or turns round, only that the share is
/// below their number is known; then it is the tail of the normal distribution with the resamples' deviation (Efron and Tibshirani 1993,
/// §13.3), so that many comparisons can be corrected for.
/// </summary>
public static class PairedBootstrap
{
    /// <summary>The p-value, in (0, 1]; not a number where there is nothing to say.</summary>
    /// <param name="difference">The difference of the scores.</param>
    /// <param name="resampled">The differences of the resampled scores.</param>
    public static double P(double difference, IReadOnlyList<double> resampled)
    {
        double[] known = [.. (resampled ?? []).Where(d => !double.IsNaN(d))];
        if (known.Length == 0 || !double.IsFinite(difference))
            return double.NaN;
        var tail = Math.Min(known.Count(d => d <= 0), known.Count(d => d >= 0));
        var share = Math.Min(1, 2.0 * (1 + tail) / (1 + known.Length));
        var mean = known.Average();
        var deviation = Math.Sqrt(known.Sum(d => (d - mean) * (d - mean)) / known.Length);
        return tail > 0 || deviation == 0 ? share : Math.Min(share, 2 * Tail(Math.Abs(difference) / deviation));
    }

    /// <summary>The share of a normal distribution beyond some deviations: Laplace's continued fraction, exact from about 2 on.</summary>
    private static double Tail(double z)
    {
        var below = z;
        for (var k = 60; k >= 1; k--)
            below = z + k / below;
        return Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI) / below;
    }
}
