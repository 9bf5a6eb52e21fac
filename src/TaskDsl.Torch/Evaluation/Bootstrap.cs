using TaskDsl.Metrics.Counting;
using TaskDsl.Torch.Draws;

namespace TaskDsl.Torch.Evaluation;

/// <summary>How sure a score is: the test set is drawn anew from itself many times, and scored each time (Efron 1979).</summary>
public static class Bootstrap
{
    // A p-value cannot be smaller than two by the number of resamples.
    private const int Least = 400;
    private const int Most = 1000;

    /// <summary>
    /// The scores of test sets drawn with replacement from the answers. Which examples the k-th one draws depends on k and on the number of
    /// answers alone. Empty for fewer than two answers.
    /// </summary>
    public static IReadOnlyList<double> Resample(Metric metric, IReadOnlyList<Answer> answers)
    {
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(answers);
        return Resample(answers, drawn => metric.Score(drawn));
    }

    /// <summary>The same of anything that examples have.</summary>
    internal static IReadOnlyList<double> Resample<T>(IReadOnlyList<T> items, Func<T[], double> score)
    {
        if (items.Count < 2)
            return [];
        var scores = new double[Math.Clamp(200_000 / items.Count, Least, Most)];
        Parallel.For(0, scores.Length, i =>
        {
            var draw = new Draw(items.Count, i);
            var drawn = new T[items.Count];
            for (var k = 0; k < drawn.Length; k++)
                drawn[k] = items[draw.Below(items.Count)];
            scores[i] = score(drawn);
        });
        return scores;
    }

    /// <summary>The interval between the 2.5 % and 97.5 % points of resampled scores; not a number where there are none.</summary>
    public static (double Low, double High) Interval(IReadOnlyList<double> resampled)
    {
        double[] valid = [.. resampled.Where(s => !double.IsNaN(s)).Order()];
        return valid.Length == 0 ? (double.NaN, double.NaN) : (Quantile(valid, 0.025), Quantile(valid, 0.975));
    }

    private static double Quantile(double[] ordered, double share)
    {
        var at = share * (ordered.Length - 1);
        var below = (int)at;
        return below + 1 == ordered.Length ? ordered[below] : ordered[below] + (at - below) * (ordered[below + 1] - ordered[below]);
    }
}
