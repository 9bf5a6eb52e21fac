using System.Globalization;
using System.Text.RegularExpressions;
using Spectre.Console;
using TaskDsl.Torch.Evaluation;

namespace TaskDsl.App.Sessions;

/// <summary>The table of scores: a row for each task, language and metric, a column for each model.</summary>
internal static partial class ScoreTable
{
    /// <summary>
    /// Each column is a model's measurements; the best of a row is set off, and a star marks what differs from the first column beyond
    /// chance. On a narrow console intervals are left out first; then the language joins the task, the examples go, and names are broken.
    /// </summary>
    /// <param name="columns">The models.</param>
    /// <param name="width">The console's width.</param>
    public static Table Of(IReadOnlyList<(string Name, EvaluationReport Report)> columns, int width)
    {
        var intervals = width >= 55 + columns.Sum(c => Math.Max(21, c.Name.Length + 3));
        var rows = columns
            .SelectMany(c => c.Report.Tasks)
            .SelectMany(t => t.Metrics.Select(m => (t.Prompt, t.Language, m.Metric, t.Examples)))
            .Distinct()
            .ToList();
        var fits =
            intervals
            || width
                >= 1
                    + Column("task", rows.Select(r => r.Prompt))
                    + Column("language", rows.Select(r => r.Language))
                    + Column("metric", rows.Select(r => r.Metric))
                    + Column("examples", [])
                    + columns.Sum(c => Column(c.Name, ["0.000*"]));
        var table = new Table().RoundedBorder().AddColumns(fits ? ["task", "language", "metric", "examples"] : ["task", "metric"]);
        foreach (var column in columns)
            table.AddColumn(new TableColumn(Markup.Escape(fits ? column.Name : Broken(column.Name))).RightAligned());
        var different = false;
        foreach (var row in rows)
        {
            var scores = columns.Select(c => c.Report[row.Prompt, row.Language, row.Metric]).ToList();
            var measured = scores.OfType<MetricScore>().ToList();
            var best =
                measured.Count < 2 ? null
                : measured[0].HigherIsBetter ? measured.MaxBy(s => s.Value)
                : measured.MinBy(s => s.Value);
            string[] task = fits
                ? [row.Prompt, row.Language, row.Metric, row.Examples.ToString(CultureInfo.InvariantCulture)]
                : [$"{row.Prompt} {row.Language}", row.Metric];
            table.AddRow([.. task.Select(Markup.Escape), .. scores.Select(Cell)]);

            string Cell(MetricScore? score, int column)
            {
                if (score is null)
                    return "";
                var star =
                    column > 0
                    && Significance.Between(Find(columns[0].Report), Find(columns[column].Report), row.Metric, out _)?.BeyondChance == true;
                different |= star;
                var text =
                    Text(score, intervals)
                    + (
                        star ? "*"
                        : columns.Count > 1 ? " "
                        : ""
                    );
                return ReferenceEquals(score, best) ? $"[bold green]{text}[/]" : text;
            }

            TaskReport? Find(EvaluationReport report) =>
                report.Tasks.FirstOrDefault(t => (t.Prompt, t.Language) == (row.Prompt, row.Language));
        }

        return table.Caption(
            (
                intervals
                    ? "scores, with the interval that 95 % of resampled test sets fall into"
                    : "scores; a wider terminal shows their intervals, as the report does"
            ) + (different ? $"; * differs from {Markup.Escape(columns[0].Name)} beyond chance (paired bootstrap, p < 0.05)" : "")
        );
    }

    /// <summary>What a column takes, with its borders.</summary>
    private static int Column(string name, IEnumerable<string> texts) => 3 + texts.Append(name).Max(t => t.Length);

    /// <summary>A name over several lines of few characters, broken before its underscores and the values of a sweep.</summary>
    private static string Broken(string name)
    {
        var lines = new List<string> { "" };
        foreach (var part in Breaks().Split(name))
        {
            if (lines[^1].Length > 0 && lines[^1].Length + part.Length > 8)
                lines.Add("");
            lines[^1] += part;
        }

        return string.Join('\n', lines);
    }

    [GeneratedRegex(@"(?=_)|(?<=,)|(?=\[)")]
    private static partial Regex Breaks();

    /// <summary>A score, and its interval where there is one: to three digits where two would leave the score outside it.</summary>
    internal static string Text(MetricScore score, bool interval)
    {
        if (!interval || !double.IsFinite(score.Low))
            return score.Value.ToString("0.000", CultureInfo.InvariantCulture);
        var digits = Math.Round(score.Low, 2) > score.Value || Math.Round(score.High, 2) < score.Value ? "0.000" : "0.00";
        return $"{Text(score.Value, "0.000")} ({Text(score.Low, digits)}–{Text(score.High, digits)})";

        static string Text(double value, string digits) => value.ToString(digits, CultureInfo.InvariantCulture);
    }
}
