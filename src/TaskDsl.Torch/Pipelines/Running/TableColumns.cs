using TaskDsl.Torch.Evaluation;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>The columns that a path means: one, or of what is swept one for each cell.</summary>
/// <param name="Columns">The columns, each with its seed, which is empty where seeds are not swept.</param>
/// <param name="Within">What stands between column and metric.</param>
internal sealed record TableColumns(IReadOnlyList<(string Seed, EvaluationReport Report)> Columns, string[] Within)
{
    /// <summary>Finds them; null where there are none.</summary>
    /// <param name="path">Step, column, where given task and language, metric; names of step and column may have dots themselves.</param>
    /// <param name="steps">The steps that have run.</param>
    public static TableColumns? Of(string[] path, IEnumerable<PlannedStep> steps)
    {
        var all = steps.ToList();
        for (var end = 1; end < path.Length - 1; end++)
        {
            var name = string.Join('.', path[..end]);
            var tables = all.Where(step => step.Name == name || (step.Path == name && step.IsLast))
                .Where(step => step.Table is not null)
                .SelectMany(step => step.Table!.Columns.Select(column => (step.Cell, Name: ColumnName.Parse(column.Key), column.Value)))
                .ToList();
            for (var last = path.Length - 1; last > end; last--)
            {
                var wanted = ColumnName.Parse(string.Join('.', path[end..last]));
                var found = tables
                    .Select(t =>
                        (Name: t.Name with { Values = [.. t.Cell.Split(',').Where(v => v.Length > 0), .. t.Name.Values] }, t.Value)
                    )
                    .Where(t => wanted.Covers(t.Name))
                    .ToList();
                if (found.Count > 0)
                    return new TableColumns([.. found.Select(t => (t.Name.Seed, t.Value))], path[last..^1]);
            }
        }

        return null;
    }
}
