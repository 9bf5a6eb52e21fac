namespace TaskDsl.Torch.Evaluation;

/// <summary>
/// Whether one way is better than another whatever the seed: Student's paired t-test over seeds, one-sided (Student 1908). The seed is the
/// unit: each counts once, however many examples it was measured on.
/// </summary>
public static class SeedTest
{
    /// <summary>How often chance alone makes the mean difference as great; 1 where fewer than two seeds can tell nothing.</summary>
    /// <param name="differences">One difference for each seed.</param>
    public static double P(IReadOnlyList<double> differences)
    {
        ArgumentNullException.ThrowIfNull(differences);
        if (differences.Count < 2)
            return 1;
        var mean = differences.Average();
        var error = Math.Sqrt(differences.Sum(d => (d - mean) * (d - mean)) / (differences.Count - 1) / differences.Count);
        // All alike: of three or more there is no chance in it; two may be alike by chance, since scores are counts.
        return error == 0 ? (mean > 0 && differences.Count > 2 ? 0 : 1) : UpperTail(mean / error, differences.Count - 1);
    }

    /// <summary>The probability of more than t (Abramowitz and Stegun 26.7.3 and 26.7.4: sums for whole degrees of freedom).</summary>
    /// <param name="t">Student's t.</param>
    /// <param name="degrees">Its degrees of freedom.</param>
    public static double UpperTail(double t, int degrees)
    {
        var angle = Math.Atan(t / Math.Sqrt(degrees));
        var (sine, cosine) = Math.SinCos(angle);
        var isOdd = degrees % 2 == 1;
        var (term, sum) = (isOdd ? cosine : 1.0, 0.0);
        for (var k = isOdd ? 1 : 0; k <= degrees - 2; k += 2)
        {
            sum += term;
            term *= cosine * cosine * (k + 1) / (k + 2);
        }

        var between = isOdd ? 2 / Math.PI * (angle + sine * sum) : sine * sum;
        return (1 - between) / 2;
    }
}
