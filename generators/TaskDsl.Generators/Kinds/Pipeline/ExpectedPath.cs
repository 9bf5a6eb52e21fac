using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace TaskDsl.Generators.Kinds.Pipeline;

/// <summary>A path into a table: which step, which column, what of it.</summary>
/// <param name="Step">The step; null where there is none.</param>
/// <param name="Within">What stands between column and metric.</param>
/// <param name="Metric">The metric.</param>
/// <param name="Fault">What is wrong; null where nothing is.</param>
internal sealed record ExpectedPath(BoundStep? Step, string[] Within, string Metric, string? Fault)
{
    /// <summary>Finds out what a path means.</summary>
    /// <param name="path">The path, cut at its dots.</param>
    /// <param name="graph">The steps.</param>
    public static ExpectedPath Of(string[] path, StepGraph graph)
    {
        var metric = path[path.Length - 1];
        var named = new NamedStep(null, true, "");
        var end = 0;
        // Of a group the path goes on, and of a repeated step a round may follow.
        while ((named.Step is null || IsRound(named.Step, path, end)) && end < path.Length - 1 && (end == 0 || !named.IsMissing))
        {
            end++;
            named = NamedStep.Of([.. path.Take(end)], graph.Steps);
            if (named.Step is null && !named.IsMissing && end >= path.Length - 2)
                return new ExpectedPath(null, [], metric, named.Fault);
        }

        if (named.IsMissing)
            return new ExpectedPath(null, [], metric, $"there is no step '{string.Join(".", path.Take(end))}'{named.Fault}");
        if (named.Step is not { Verb: { } verb, Makes: { } makes } step)
            return new ExpectedPath(null, [], metric, named.Fault); // Null where it has its own problem.
        if (makes.Kind != "table")
            return new ExpectedPath(
                step,
                [],
                metric,
                $"'{step.Path}' is {StepGraph.Article(makes.Kind)}, made by '{verb.Type.Label}', where a table is expected"
            );
        if (end >= path.Length - 1)
            return new ExpectedPath(step, [], metric, $"the table '{step.Path}' has columns; write {step.Path}.<column>.{metric}");
        if (makes.Also.Length == 0)
            return new ExpectedPath(step, [.. path.Skip(end + 1).Take(path.Length - end - 2)], metric, null);
        List<TableColumn> columns =
        [
            .. from column in graph.Columns(step).Select(c => c.Column).Concat(makes.Besides)
            from cell in named.Cells
            select TableColumn.Of(column).With(cell),
        ];
        for (var last = path.Length - 1; last > end; last--)
        {
            var wanted = TableColumn.Of(string.Join(".", path.Skip(end).Take(last - end)));
            if (columns.Where(c => c.Name == wanted.Name).ToList() is not { Count: > 0 } same)
                continue;
            var coordinates = Coordinates.Of(step, same);
            return new ExpectedPath(
                step,
                [.. path.Skip(last).Take(path.Length - 1 - last)],
                metric,
                wanted.Coordinates.Select(c => Coordinates.Fault(c, step, coordinates)).FirstOrDefault(fault => fault is not null)
            );
        }

        var (missing, known) = (TableColumn.Of(path[end]).Name, columns.Select(c => c.Name).Distinct());
        return new ExpectedPath(step, [], metric, $"the table '{step.Path}' has no column '{missing}'{NearestWord.Choice(missing, known)}");
    }

    private static bool IsRound(BoundStep step, string[] path, int end) =>
        step.Repeat is not null && end < path.Length - 1 && path[end].All(char.IsDigit) && !path[end - 1].All(char.IsDigit);
}
