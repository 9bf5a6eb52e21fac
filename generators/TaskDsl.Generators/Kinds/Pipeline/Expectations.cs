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
                ? Paths(expected).Select(side => Fault(side, graph, [.. metrics?.Select(k => k.Word) ?? []]))
                : [$"'{item.Scalar.Value}' is no expectation; write {Expectation.Form}"];
            foreach (var fault in faults.OfType<string>().Where(told.Add))
                problems.Add(new Problem(Rules.BadExpectation, path, item.Span, fault));
        }
    }

    /// <summary>What stands between column and metric must be a task, a prompt or a language of the table.</summary>
    public static void CheckParts(BoundRecord pipeline, StepGraph graph, ShapeTable shapes, EmitContext context)
    {
        foreach (var item in pipeline.Items("expect").OfType<BoundScalar>())
        foreach (var side in Expectation.TryParse(item.Scalar.Value) is { } expected ? Paths(expected) : [])
        {
            var asked = graph.Find(side[0])?.Verb?.All.OfType<BoundReference>().Where(r => r.Name.Length > 0).ToList() ?? [];
            var tasks = asked.Select(r => shapes[new(r.Kind, r.Name)]).OfType<TaskModel>().ToList();
            if (tasks.Count < asked.Count(r => r.Kind == TaskKind.Name) || tasks.Count == 0)
                continue; // Of a task that does not compile the languages are not known.
            List<string> known = [.. asked.Select(r => r.Name).Distinct(), .. tasks.SelectMany(t => t.Languages).Distinct()];
            foreach (var part in side.Skip(2).Take(side.Length - 3).Where(part => !known.Contains(part)))
                context.Report(
                    Rules.BadExpectation,
                    item.Span,
                    $"the table '{side[0]}' has no task or language '{part}'{NearestWord.Choice(part, known)}"
                );
        }
    }

    private static IEnumerable<string[]> Paths(Expectation expected) => expected.Left.Paths.Concat(expected.Right.Paths);

    private static string? Fault(string[] side, StepGraph graph, IReadOnlyList<string> metrics)
    {
        var (name, column, metric) = (side[0], side[1], side[side.Length - 1]);
        if (!graph.Names.Contains(name))
            return $"there is no step '{name}'{NearestWord.Choice(name, graph.Names)}";
        if (graph.Find(name) is not { Verb: { } verb, Makes: { } makes } step)
            return null; // It has its own problem.
        if (makes.Kind != "table")
            return $"'{name}' is {StepGraph.Article(makes.Kind)}, made by '{verb.Type.Label}', where a table is expected";
        if (!metrics.Contains(metric))
            return $"'{metric}' is not a metric{NearestWord.Choice(metric, metrics)}";
        List<string> columns = [.. step.Columns.Select(c => c.Column)];
        return makes.Also.Length == 0 || columns.Contains(column)
            ? null
            : $"the table '{name}' has no column '{column}'{NearestWord.Choice(column, columns)}";
    }
}
