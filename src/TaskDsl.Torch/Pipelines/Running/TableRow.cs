using TaskDsl.Torch.Evaluation;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>A row of a table: a task in a language, a group of the board, or the mean of all, in one metric.</summary>
/// <param name="Name">The task, or its prompt where a column has several of one task; the group; <c>mean</c>.</param>
/// <param name="Language">The language; empty for a mean over languages.</param>
/// <param name="Metric">The metric.</param>
/// <param name="HigherIsBetter">Whether more is better.</param>
/// <param name="Cells">The columns that have it, in order.</param>
internal sealed record TableRow(
    string Name,
    string Language,
    string Metric,
    bool HigherIsBetter,
    IReadOnlyList<KeyValuePair<string, TableScore>> Cells
)
{
    /// <summary>What the mean over all tasks is called.</summary>
    public const string Mean = "mean";

    /// <summary>All rows: tasks as they stand in the columns, then the board's groups, then the mean of more than one.</summary>
    public static IReadOnlyList<TableRow> Of(StepTable table)
    {
        var all = table.Columns.Values.SelectMany(report => report.Tasks).ToList();
        var byPrompt = table.Columns.Values.Any(report => report.Tasks.GroupBy(t => (t.Task, t.Language)).Any(same => same.Count() > 1));
        var rows = new List<(string Name, string Language, Func<TaskReport, bool> Has)>();
        foreach (var (name, language) in all.Select(t => (Name(t), t.Language)).Distinct())
            rows.Add((name, language, t => (Name(t), t.Language) == (name, language)));
        foreach (var (group, tasks) in table.Board)
            rows.Add((group, "", t => tasks.Contains(t.Task)));
        if (!table.IsRead && all.Select(t => (t.Task, t.Language)).Distinct().Count() > 1)
            rows.Add((Mean, "", _ => true));
        return
        [
            .. from row in rows
            let reports = all.Where(row.Has).ToList()
            from metric in reports.SelectMany(t => t.Metrics).DistinctBy(m => m.Metric)
            let cells = table
                .Columns.Select(c => KeyValuePair.Create(c.Key, Score(reports, c.Value, row.Has, metric.Metric)))
                .Where(c => c.Value is not null)
                .Select(c => KeyValuePair.Create(c.Key, c.Value!))
                .ToList()
            where cells.Count > 0
            select new TableRow(row.Name, row.Language, metric.Metric, metric.HigherIsBetter, cells),
        ];

        string Name(TaskReport report) => byPrompt ? report.Prompt : report.Task;
    }

    // A mean is one only where nothing is missing that other columns have.
    private static TableScore? Score(List<TaskReport> all, EvaluationReport column, Func<TaskReport, bool> has, string metric)
    {
        var own = column.Tasks.Where(has).ToList();
        return Parts(own) < Parts(all) ? null : TableScore.Of(own, metric);

        static int Parts(List<TaskReport> reports) => reports.DistinctBy(t => (t.Task, t.Language)).Count();
    }
}
