namespace TaskDsl.Torch.Evaluation;

/// <summary>
/// Whether a score differs from another beyond chance, by the paired bootstrap (Efron and Tibshirani 1993; Koehn 2004): both measurements
/// are scored on the same resampled test sets, and the p-value, two-sided, is twice the share of resamples in which the difference
/// vanishes or turns round: p = 2 · (1 + min(#{d ≤ 0}, #{d ≥ 0})) / (1 + B), at most 1.
/// </summary>
/// <param name="Difference">The score after less the score before.</param>
/// <param name="Low">The 2.5 % point of the resampled differences.</param>
/// <param name="High">Their 97.5 % point.</param>
/// <param name="P">How often chance alone makes such a difference, in (0, 1].</param>
public sealed record Significance(double Difference, double Low, double High, double P)
{
    /// <summary>So few examples allow no statement: the resamples know nothing of what they do not hold.</summary>
    public const int FewestExamples = 20;

    /// <summary>Whether the difference is beyond chance, at 5 %.</summary>
    public bool BeyondChance => P < 0.05;

    /// <summary>Compares one metric before and after.</summary>
    /// <param name="before">One measurement.</param>
    /// <param name="after">The other.</param>
    /// <param name="metric">The metric's word.</param>
    /// <param name="obstacle">Why they cannot be compared, where null is returned.</param>
    public static Significance? Between(TaskReport? before, TaskReport? after, string metric, out string obstacle)
    {
        obstacle = "";
        var (a, b) = (before?.Metrics.FirstOrDefault(m => m.Metric == metric), after?.Metrics.FirstOrDefault(m => m.Metric == metric));
        if (a is null || b is null)
            obstacle = "measured once only";
        else if (Math.Min(before!.Examples, after!.Examples) < FewestExamples)
            obstacle = $"too few examples to tell (fewer than {FewestExamples})";
        else if (a.Resampled.Count == 0 || b.Resampled.Count == 0 || before.Answers.Count == 0 || after.Answers.Count == 0)
            obstacle = "not tested: the measurement was written by a version that did not keep the single answers";
        else if (
            a.Resampled.Count != b.Resampled.Count
            || !before.Answers.Select(x => x.Origin).SequenceEqual(after.Answers.Select(x => x.Origin))
        )
            obstacle = "not tested: before and after were measured on different examples";
        if (obstacle.Length > 0)
            return null;
        return Of(b!.Value - a!.Value, [.. b.Resampled.Zip(a.Resampled, (x, y) => x - y).Where(d => !double.IsNaN(d))], out obstacle);
    }

    private static Significance? Of(double difference, IReadOnlyList<double> resampled, out string obstacle)
    {
        obstacle = resampled.Count == 0 || !double.IsFinite(difference) ? "not tested: the score is no number" : "";
        if (obstacle.Length > 0)
            return null;
        var (low, high) = Bootstrap.Interval(resampled);
        var tail = Math.Min(resampled.Count(d => d <= 0), resampled.Count(d => d >= 0));
        return new Significance(difference, low, high, Math.Min(1, 2.0 * (1 + tail) / (1 + resampled.Count)));
    }
}
