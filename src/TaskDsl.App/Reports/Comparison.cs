using System.Globalization;
using TaskDsl.Torch.Evaluation;

namespace TaskDsl.App.Reports;

/// <summary>One metric of one task and language, before and after.</summary>
internal sealed record Comparison(TaskReport Task, MetricScore? Before, MetricScore? After, Significance? Significance, string Obstacle)
{
    public static Comparison Of(RunEvaluation evaluation, TaskReport task, MetricScore metric)
    {
        var (before, after) = (evaluation.Before.Find(task), evaluation.After.Find(task));
        var significance = Significance.Between(before, after, metric.Metric, out var obstacle);
        return new Comparison(task, Score(before), Score(after), significance, obstacle);

        MetricScore? Score(TaskReport? report) => report?.Metrics.FirstOrDefault(m => m.Metric == metric.Metric);
    }

    public double? Change => After?.Value - Before?.Value;

    /// <summary>better, worse or same: as the numbers say, whatever chance says.</summary>
    public string Trend =>
        Change is not { } change || change == 0 || double.IsNaN(change) ? "same"
        : change > 0 == After!.HigherIsBetter ? "better"
        : "worse";

    /// <summary>better, worse, open (no clear difference) or untested.</summary>
    public string Outcome =>
        Significance is null ? "untested"
        : Significance.BeyondChance ? Trend
        : "open";

    /// <summary>The outcome in words.</summary>
    public string Certainty =>
        Significance is null
            ? Obstacle
            : $"{(Significance.BeyondChance ? Trend + ", beyond chance" : "no clear difference")} ({P(Significance)})";

    private static string P(Significance significance) =>
        significance.P switch
        {
            < 0.01 => "p\u00a0<\u00a00.01",
            > 0.0495 and < 0.05 => "p\u00a0<\u00a00.05", // Rounded, it would say 0.050 and be beyond chance all the same.
            < 0.1 => string.Create(CultureInfo.InvariantCulture, $"p\u00a0=\u00a0{significance.P:0.000}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"p\u00a0=\u00a0{significance.P:0.00}"),
        };
}

/// <summary>What measurements hold about a task.</summary>
internal static class MeasuredTasks
{
    /// <summary>The tasks that were measured, by the newest measurement.</summary>
    public static IReadOnlyList<TaskReport> Tasks(this RunEvaluation evaluation) =>
        (evaluation.After is { Tasks.Count: > 0 } after ? after : evaluation.Before ?? EvaluationReport.Empty).Tasks;

    /// <summary>The same task and language in a measurement.</summary>
    public static TaskReport? Find(this EvaluationReport? report, TaskReport task) =>
        report?.Tasks.FirstOrDefault(t => t.Prompt == task.Prompt && t.Language == task.Language);

    /// <summary>As a heading.</summary>
    public static string Title(this TaskReport task) => $"{task.Prompt}, {task.Language}";
}
