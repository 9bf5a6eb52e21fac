using TaskDsl.Metrics;
using TaskDsl.Torch.Batching;

namespace TaskDsl.Torch.Evaluation;

/// <summary>How sure a score is: the test set is drawn anew from itself many times, and scored each time (Efron 1979).</summary>
public static class Bootstrap
{
    /// <summary>The interval between the 2.5 % and 97.5 % points of the resampled scores. The same answers give the same interval.</summary>
    public static (double Low, double High) Interval(Metric metric, IReadOnlyList<Answer> answers)
    {
        ArgumentNullException.ThrowIfNull(metric);
        if (answers.Count < 2) return (double.NaN, double.NaN);
        var scores = new double[Math.Clamp(200_000 / answers.Count, 100, 1000)];
        Parallel.For(0, scores.Length, i =>
        {
            var draw = new Draw(answers.Count, i);
            var drawn = new Answer[answers.Count];
            for (var k = 0; k < drawn.Length; k++) drawn[k] = answers[draw.Below(answers.Count)];
            scores[i] = metric.Score(drawn);
        });
        double[] valid = [.. scores.Where(s => !double.IsNaN(s)).Order()];
        return valid.Length == 0 ? (double.NaN, double.NaN) : (Quantile(valid, 0.025), Quantile(valid, 0.975));
    }

    private static double Quantile(double[] ordered, double share)
    {
        var at = share * (ordered.Length - 1);
        var below = (int)at;
        return below + 1 == ordered.Length ? ordered[below] : ordered[below] + (at - below) * (ordered[below + 1] - ordered[below]);
    }
}
