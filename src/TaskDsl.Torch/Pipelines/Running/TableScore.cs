using TaskDsl.Torch.Evaluation;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>
/// What some reports of a table come to in one metric: a mean of the reports of a task in a language, then of the task's languages, then
/// of tasks, each weighing the same.
/// </summary>
/// <param name="Value">The mean.</param>
/// <param name="Resampled">The same mean of each resampled test set; empty where a report has none.</param>
/// <param name="Origins">The examples that it is of, to be compared before it is paired with another.</param>
/// <param name="Examples">How many they are.</param>
internal sealed record TableScore(double Value, IReadOnlyList<double> Resampled, IReadOnlyList<string> Origins, int Examples)
{
    /// <summary>The mean over reports; null where the metric was not measured in all of them, or in none.</summary>
    public static TableScore? Of(IReadOnlyList<TaskReport> reports, string metric)
    {
        var scores = reports.Select(r => r.Metrics.FirstOrDefault(m => m.Metric == metric)).ToList();
        if (scores.Count == 0 || scores.Contains(null))
            return null;
        var tasks = reports.DistinctBy(r => r.Task).Count();
        var weights = reports
            .Select(r =>
                1.0
                / reports.Count(other => (other.Task, other.Language) == (r.Task, r.Language))
                / reports.Where(other => other.Task == r.Task).DistinctBy(other => other.Language).Count()
                / tasks
            )
            .ToList();
        // The k-th test set is the same in all measurements of the same examples.
        var sets = scores.Min(s => s!.Resampled.Count);
        return new TableScore(
            scores.Zip(weights, (s, w) => s!.Value * w).Sum(),
            [.. Enumerable.Range(0, sets).Select(k => scores.Zip(weights, (s, w) => s!.Resampled[k] * w).Sum())],
            [.. reports.SelectMany(r => r.Answers.Select(a => $"{r.Task} {r.Language} {a.Origin}")).Distinct()],
            reports.GroupBy(r => (r.Task, r.Language)).Sum(same => same.Max(r => r.Examples))
        );
    }
}
