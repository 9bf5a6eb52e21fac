using System.Globalization;
using Spectre.Console;
using TaskDsl.Torch.Evaluation;

namespace TaskDsl.App;

/// <summary>The table of scores: a row for each task, language and metric, a column for each model.</summary>
internal static class ScoreTable
{
    /// <summary>Each column is a model's measurements; the best of a row is set off.</summary>
    /// <param name="columns">The models.</param>
    /// <param name="width">The console's width; a narrow one shows no intervals.</param>
    public static Table Of(IReadOnlyList<(string Name, EvaluationReport Report)> columns, int width)
    {
        var intervals = width >= 55 + columns.Sum(c => Math.Max(20, c.Name.Length + 3));
        var table = new Table().RoundedBorder().AddColumns("task", "language", "metric", "examples");
        foreach (var column in columns) table.AddColumn(new TableColumn(Markup.Escape(column.Name)).RightAligned());
        var rows = columns.SelectMany(c => c.Report.Tasks).SelectMany(t => t.Metrics.Select(m => (t.Prompt, t.Language, m.Metric, t.Examples))).Distinct();
        foreach (var row in rows)
        {
            var scores = columns.Select(c => c.Report[row.Prompt, row.Language, row.Metric]).ToList();
            var measured = scores.OfType<MetricScore>().ToList();
            var best = measured.Count < 2 ? null : measured[0].HigherIsBetter ? measured.MaxBy(s => s.Value) : measured.MinBy(s => s.Value);
            table.AddRow([
                Markup.Escape(row.Prompt), row.Language, row.Metric, row.Examples.ToString(CultureInfo.InvariantCulture),
                .. scores.Select(s => s is null ? "" : ReferenceEquals(s, best) ? $"[bold green]{Text(s, intervals)}[/]" : Text(s, intervals))]);
        }

        return table.Caption(intervals ? "share right, with the interval that 95 % of resampled test sets fall into" : "share right; a wider terminal shows intervals, as the report does");
    }

    private static string Text(MetricScore score, bool interval) => interval
        ? string.Create(CultureInfo.InvariantCulture, $"{score.Value:0.000} ({score.Low:0.00}–{score.High:0.00})")
        : score.Value.ToString("0.000", CultureInfo.InvariantCulture);
}
