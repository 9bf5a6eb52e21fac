using System.Globalization;
using Spectre.Console;
using TaskDsl.Torch.Pipelines.Running;

namespace TaskDsl.App.Sessions;

/// <summary>What a table's columns are worth over the seeds of a sweep: mean and deviation.</summary>
internal static class SeedTable
{
    /// <summary>A row for each task, language, metric and column; null where nothing was swept over seeds.</summary>
    public static Table? Of(StepTable table)
    {
        var columns = table
            .Columns.Select(column => (Name: Torch.Pipelines.Running.TableColumn.Of(column.Key), Report: column.Value))
            .Where(column => column.Name[Torch.Pipelines.Running.TableColumn.Seed] is not null)
            .GroupBy(column => $"{column.Name.Without(Torch.Pipelines.Running.TableColumn.Seed)}")
            .Where(same => same.Count() > 1)
            .ToList();
        if (columns.Count == 0)
            return null;
        var shown = new Table().RoundedBorder().AddColumns("task", "language", "metric", "model", "mean", "deviation", "seeds");
        var scores =
            from column in columns
            from report in column.SelectMany(c => c.Report.Tasks)
            from metric in report.Metrics
            group metric.Value by (report.Prompt, report.Language, metric.Metric, column.Key);
        foreach (var same in scores.OrderBy(s => (s.Key.Prompt, s.Key.Language, s.Key.Metric)))
        {
            var (values, mean) = (same.ToList(), same.Average());
            var deviation = Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / Math.Max(1, values.Count - 1));
            shown.AddRow(
                Markup.Escape(same.Key.Prompt),
                Markup.Escape(same.Key.Language),
                same.Key.Metric,
                Markup.Escape(same.Key.Key),
                mean.ToString("0.000", CultureInfo.InvariantCulture),
                deviation.ToString("0.000", CultureInfo.InvariantCulture),
                values.Count.ToString(CultureInfo.InvariantCulture)
            );
        }

        return shown.Caption("over seeds: mean, and deviation of the sample");
    }
}
