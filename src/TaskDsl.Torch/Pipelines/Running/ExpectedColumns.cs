using TaskDsl.Torch.Evaluation;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>The columns that a path means: one, or of what is swept or crossed one for each cell.</summary>
/// <param name="Columns">Of each column its seed, which is empty where seeds are not swept, and what the path means of it.</param>
/// <param name="Within">What stands between column and metric.</param>
internal sealed record ExpectedColumns(IReadOnlyList<(string Seed, IReadOnlyList<TaskReport> Reports)> Columns, string[] Within)
{
    /// <summary>Finds them; null where there are none.</summary>
    /// <param name="path">Step, column, where given task and language, metric; names of step and column may have dots themselves.</param>
    /// <param name="steps">The steps that have run.</param>
    public static ExpectedColumns? Of(string[] path, IEnumerable<PlannedStep> steps)
    {
        var all = steps.ToList();
        for (var end = 1; end < path.Length - 1; end++)
        {
            var name = string.Join('.', path[..end]);
            var tables = (
                from step in all
                where step.Name == name || WithoutCells(step.Name) == name || (step.Path == name && step.IsLast)
                let table = step.Table
                where table is not null
                from column in table.Columns
                select (
                    Table: table,
                    Column: TableColumn.Of(column.Key).With(step.Cell.Split(',', StringSplitOptions.RemoveEmptyEntries)),
                    column.Value
                )
            ).ToList();
            for (var last = path.Length - 1; last > end; last--)
            {
                var wanted = TableColumn.Of(string.Join('.', path[end..last]));
                var found = tables.Where(t => wanted.Covers(t.Column)).ToList();
                if (found.Count == 0)
                    continue;
                var within = path[last..^1];
                var columns = found.Select(t => (t.Column[TableColumn.Seed] ?? "", t.Table.Within(t.Value, within, path[^1]))).ToList();
                // Of a table that is read out of others a number stands where it is of, and nowhere else.
                return new ExpectedColumns(
                    found.TrueForAll(t => t.Table.IsRead) ? [.. columns.Where(c => c.Item2.Count > 0)] : columns,
                    within
                );
            }
        }

        return null;
    }

    // Of a step in a round and a cell, g[seed=1].2.scores, the round: g.2.scores.
    private static string WithoutCells(string name) => string.Join('.', TableColumn.Split(name).Select(part => TableColumn.Of(part).Name));
}
