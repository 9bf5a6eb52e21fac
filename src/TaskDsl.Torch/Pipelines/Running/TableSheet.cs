using System.Globalization;
using System.Text;
using TaskDsl.Torch.Evaluation;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>A part of a table as it is shown: in the terminal, and in <c>table.md</c>.</summary>
/// <param name="Title">What it shows; empty for the scores themselves.</param>
/// <param name="Header">What its columns are called.</param>
/// <param name="Names">How many of the columns name what stands in the others.</param>
/// <param name="Lines">The lines, each with a text for each column.</param>
/// <param name="Notes">What is to be known of it, in sentences.</param>
public sealed record TableSheet(
    string Title,
    IReadOnlyList<string> Header,
    int Names,
    IReadOnlyList<IReadOnlyList<string>> Lines,
    IReadOnlyList<string> Notes
)
{
    private const string Chance = "scores, with the interval that 95 % of resampled test sets fall into";

    /// <summary>The sheets of a table: scores, what seeds and phrasings change, and what the answers were.</summary>
    /// <param name="table">The table.</param>
    /// <param name="intervals">Whether scores have their intervals.</param>
    public static IReadOnlyList<TableSheet> Of(StepTable table, bool intervals = true)
    {
        ArgumentNullException.ThrowIfNull(table);
        TableSheet[] sheets =
        [
            Scores(table, intervals),
            Spreads("seeds", TableRow.Of(table).SelectMany(row => TableSpread.Over(TableColumn.Seed, row))),
            Spreads("phrasings", table.Spreads),
            Outcomes(table),
        ];
        return [.. sheets.Where(sheet => sheet.Lines.Count > 0)];
    }

    /// <summary>The sheets as Markdown.</summary>
    public static string Markdown(string name, IEnumerable<TableSheet> sheets)
    {
        ArgumentNullException.ThrowIfNull(sheets);
        var text = new StringBuilder($"# {name}\n");
        foreach (var sheet in sheets)
        {
            text.Append(sheet.Title.Length == 0 ? "\n" : $"\n## {sheet.Title}\n\n");
            Line(text, sheet.Header);
            Line(text, sheet.Header.Select((_, i) => i < sheet.Names ? "---" : "---:"));
            foreach (var line in sheet.Lines)
                Line(text, line);
            foreach (var note in sheet.Notes)
                text.Append(CultureInfo.InvariantCulture, $"\n{note}\n");
        }

        return text.ToString();
    }

    private static TableSheet Scores(StepTable table, bool intervals)
    {
        var rows = TableRow.Of(table);
        var columns = table.Columns.Keys.ToList();
        var first = columns.FirstOrDefault() ?? "";
        var beyond = table.Differences.Where(d => d.Left == first && d.BeyondChance).ToList();
        var stars = beyond.Select(d => (d.Row, d.Language, d.Metric, d.Right)).ToHashSet();
        string[] notes =
        [
            .. intervals ? [Chance + "."] : Array.Empty<string>(),
            .. beyond.Count == 0
                ? table.Differences.Count == 0
                    ? Array.Empty<string>()
                    : [$"No column differs from {first} beyond chance ({Test(table)})."]
                : [$"* differs from {first} beyond chance ({Test(table)})."],
        ];
        // More columns than rows are easier to read below each other.
        return columns.Count <= Math.Max(3, rows.Count)
            ? new TableSheet(
                "",
                ["task", "language", "metric", .. columns],
                3,
                [.. rows.Select(row => (string[])[row.Name, row.Language, row.Metric, .. columns.Select(c => Text(row, c))])],
                notes
            )
            : new TableSheet(
                "",
                ["", .. rows.Select(row => string.Join(' ', new[] { row.Name, row.Language, row.Metric }.Where(part => part.Length > 0)))],
                1,
                [.. columns.Select(c => (string[])[c, .. rows.Select(row => Text(row, c))])],
                notes
            );

        string Text(TableRow row, string column) =>
            row.Cells.FirstOrDefault(c => c.Key == column).Value is { } score
                ? Number(score, intervals) + (stars.Contains((row.Name, row.Language, row.Metric, column)) ? "*" : "")
                : "";
    }

    private static string Test(StepTable table)
    {
        var most = table.Differences.Max(d => d.Comparisons);
        return "paired bootstrap by example, p < 0.05"
            + (most == 1 ? "" : $" after Holm's correction for all comparisons of two columns in its row, {most} at most");
    }

    private static TableSheet Spreads(string over, IEnumerable<TableSpread> spreads) =>
        new(
            $"Over {over}",
            ["column", "task", "language", "metric", "mean", "median", "worst", "best", "deviation", over],
            4,
            [
                .. spreads.Select(s =>
                    (string[])
                        [
                            s.Column,
                            s.Row,
                            s.Language,
                            s.Metric,
                            .. new[] { s.Mean, s.Median, s.Worst, s.Best, s.Deviation }.Select(v => Number(v)),
                            s.Count.ToString(CultureInfo.InvariantCulture),
                        ]
                ),
            ],
            []
        );

    /// <summary>Which answers there were, where some were neither right nor wrong.</summary>
    private static TableSheet Outcomes(StepTable table)
    {
        var reports = table.Columns.SelectMany(c => c.Value.Tasks.Select(t => (Column: c.Key, Task: t))).ToList();
        var kinds = Evaluator.Outcomes.Where(kind => reports.Exists(r => r.Task.Outcomes.ContainsKey(kind))).ToList();
        return new TableSheet(
            "Answers",
            ["column", "task", "language", .. kinds],
            3,
            kinds.TrueForAll(kind => kind is "right" or "wrong")
                ? []
                :
                [
                    .. reports
                        .Where(r => r.Task.Outcomes.Count > 0)
                        .Select(r =>
                            (string[])
                                [
                                    r.Column,
                                    r.Task.Prompt,
                                    r.Task.Language,
                                    .. kinds.Select(k => r.Task.Outcomes.GetValueOrDefault(k).ToString(CultureInfo.InvariantCulture)),
                                ]
                        ),
                ],
            []
        );
    }

    private static string Number(TableScore score, bool interval)
    {
        var (low, high) = Bootstrap.Interval(score.Resampled);
        return interval && double.IsFinite(low) ? $"{Number(score.Value)} ({Number(low)}–{Number(high)})" : Number(score.Value);
    }

    private static string Number(double value) =>
        double.IsNaN(value) ? "–" : value.ToString(Math.Abs(value) < 1000 ? "0.000" : "#,##0", CultureInfo.InvariantCulture);

    private static void Line(StringBuilder text, IEnumerable<string> cells) =>
        text.Append("| ").AppendJoin(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");
}
