using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Flow;
using TaskDsl.Generators.Kinds.Task;
using TaskDsl.Generators.Vocabulary;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace TaskDsl.Generators.Kinds.Pipeline;

/// <summary>What is expected of a pipeline's tables must be in them.</summary>
internal static class Expectations
{
    public static void Check(BoundRecord pipeline, StepGraph graph, VocabularyModel vocabulary, string path, List<Problem> problems)
    {
        var metrics = vocabulary.Choices.FirstOrDefault(c => c.Name == "global::TaskDsl.Metrics.Counting.Metric")?.Keywords;
        var told = new HashSet<string>();
        foreach (var item in pipeline.Items("expect").OfType<BoundScalar>())
        {
            var faults = Expectation.TryParse(item.Scalar.Value) is { } expected
                ? new[] { expected.Left, expected.Right }.Select(side => Fault(side, graph, [.. metrics?.Select(k => k.Word) ?? []]))
                : [$"'{item.Scalar.Value}' is no expectation; write {Expectation.Form}"];
            foreach (var fault in faults.OfType<string>().Where(told.Add))
                problems.Add(new Problem(Rules.BadExpectation, path, item.Span, fault));
        }
    }

    /// <summary>What stands between column and metric must be a task, a prompt or a language of the table.</summary>
    public static void CheckParts(BoundRecord pipeline, StepGraph graph, ShapeTable shapes, EmitContext context)
    {
        foreach (var item in pipeline.Items("expect").OfType<BoundScalar>())
        foreach (var side in Expectation.TryParse(item.Scalar.Value) is { } expected ? new[] { expected.Left, expected.Right } : [])
        {
            var asked = graph.Find(side.Path.FirstOrDefault())?.Verb?.All.OfType<BoundReference>().Where(r => r.Name.Length > 0).ToList()
                ?? [];
            var tasks = asked.Select(r => shapes[new(r.Kind, r.Name)]).OfType<TaskModel>().ToList();
            if (tasks.Count < asked.Count(r => r.Kind == TaskKind.Name) || tasks.Count == 0)
                continue; // Of a task that does not compile the languages are not known.
            List<string> known =
            [
                .. asked.Select(r => r.Name).Distinct(),
                .. Groups(graph.Find(side.Path.FirstOrDefault())!.Verb!),
                .. tasks.SelectMany(t => t.Languages).Distinct(),
            ];
            foreach (var part in side.Within.Where(part => !known.Contains(part)))
                context.Report(
                    Rules.BadExpectation,
                    item.Span,
                    $"the table '{side.Path[0]}' has no task or language '{part}'{NearestWord.Choice(part, known)}"
                );
        }
    }

    private static string? Fault(Expectation.Side side, StepGraph graph, IReadOnlyList<string> metrics)
    {
        if (side.Path.Length == 0)
            return null;
        var (name, column, metric) = (side.Path[0], side.Path[1], side.Path[side.Path.Length - 1]);
        if (!graph.Names.Contains(name))
            return $"there is no step '{name}'{NearestWord.Choice(name, graph.Names)}";
        if (graph.Find(name) is not { Verb: { } verb, Makes: { } makes } step)
            return null; // It has its own problem.
        if (makes.Kind != "table")
            return $"'{name}' is {StepGraph.Article(makes.Kind)}, made by '{verb.Type.Label}', where a table is expected";
        var numbers = Numbers(verb, makes.Numbers).ToList();
        if (!metrics.Contains(metric) && !numbers.Contains(metric))
            return $"'{metric}' is not a metric{NearestWord.Choice(metric, [.. metrics, .. numbers])}";
        List<string> columns = [.. step.Columns.Select(c => c.Column), .. makes.Besides];
        return makes.Also.Length == 0 || columns.Contains(column)
            ? side.Coordinates.Select(c => Coordinates.Fault(c, step)).FirstOrDefault(fault => fault is not null)
            : $"the table '{name}' has no column '{column}'{NearestWord.Choice(column, columns)}";
    }

    /// <summary>What a table measures besides metrics: costs that are asked for, read-outs by their names.</summary>
    private static IEnumerable<string> Numbers(BoundRecord verb, string property) =>
        verb.Properties.FirstOrDefault(p => p.Property.Name == property)?.Value switch
        {
            BoundList list => list.Items.OfType<BoundEnum>().Select(word => word.Member.Word),
            BoundMap map => map.Entries.Select(entry => entry.Key.Value),
            _ => [],
        };

    /// <summary>The named groups of a step's tasks.</summary>
    private static IEnumerable<string> Groups(BoundRecord verb) =>
        verb
            .Properties.Where(p => p.Property.IsOfTasks)
            .Select(p => p.Value)
            .OfType<BoundMap>()
            .SelectMany(map => map.Entries)
            .Select(e => e.Key.Value);
}
