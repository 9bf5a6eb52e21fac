using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Flow;
using TaskDsl.Generators.Kinds.Task;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace TaskDsl.Generators.Kinds.Pipeline;

/// <summary>What is expected of a pipeline's tables must be in them.</summary>
internal static class Expectations
{
    public static void Check(BoundRecord pipeline, StepGraph graph, IReadOnlyList<string> metrics, string path, List<Problem> problems)
    {
        var told = new HashSet<string>();
        foreach (var item in pipeline.Items("expect").OfType<BoundScalar>())
        {
            var faults = Expectation.TryParse(item.Scalar.Value) is { } expected
                ? Paths(expected).Select(path => Fault(path, graph, metrics))
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
            // What a table that is read out of others has in its rows, those say.
            if (ExpectedPath.Of(side, graph) is not { Step: { Makes.Also.Length: > 0 } step, Fault: null } path)
                continue;
            var asked = step.Verb!.All.OfType<BoundReference>().Where(r => r.Name.Length > 0).ToList();
            var names = asked.Select(r => r.Kind == TaskKind.Name ? r.Name : context.Index.Find(r)?.Base?.Name).Distinct().ToList();
            var tasks = names.OfType<string>().Select(name => shapes[new(TaskKind.Name, name)]).OfType<TaskModel>().ToList();
            if (tasks.Count < names.Count || tasks.Count == 0)
                continue; // Of a task that does not compile the languages are not known.
            List<string> known =
            [
                .. asked.Select(r => r.Name).Concat(names.OfType<string>()).Distinct(),
                .. Groups(step.Verb),
                .. tasks.SelectMany(t => t.Languages).Distinct(),
            ];
            foreach (var part in path.Within.Where(part => !known.Contains(part)))
                context.Report(
                    Rules.BadExpectation,
                    item.Span,
                    $"the table '{step.Path}' has no task or language '{part}'{NearestWord.Choice(part, known)}"
                );
        }
    }

    private static IEnumerable<string[]> Paths(Expectation expected) => expected.Left.Paths.Concat(expected.Right.Paths);

    private static string? Fault(string[] side, StepGraph graph, IReadOnlyList<string> metrics)
    {
        var path = ExpectedPath.Of(side, graph);
        if (path.Step is not { Verb: { } verb, Makes: { Kind: "table" } makes })
            return path.Fault;
        var numbers = Numbers(verb, makes.Numbers).ToList();
        return metrics.Contains(path.Metric) || numbers.Contains(path.Metric)
            ? path.Fault
            : $"'{path.Metric}' is not a metric{NearestWord.Choice(path.Metric, [.. metrics, .. numbers])}";
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
