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
                ? new[] { expected.Left, expected.Right }.Select(side => Fault(side.Path, graph, metrics))
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
            if (side.Path.Length == 0 || ExpectedPath.Of(side.Path, graph) is not { Step: { } step, Fault: null } path)
                continue;
            var asked = step.Verb!.All.OfType<BoundReference>().Where(r => r.Name.Length > 0).ToList();
            var tasks = asked.Select(r => shapes[new(r.Kind, r.Name)]).OfType<TaskModel>().ToList();
            if (tasks.Count < asked.Count(r => r.Kind == TaskKind.Name) || tasks.Count == 0)
                continue; // Of a task that does not compile the languages are not known.
            List<string> known = [.. asked.Select(r => r.Name).Distinct(), .. tasks.SelectMany(t => t.Languages).Distinct()];
            foreach (var part in path.Within.Where(part => !known.Contains(part)))
                context.Report(
                    Rules.BadExpectation,
                    item.Span,
                    $"the table '{step.Path}' has no task or language '{part}'{NearestWord.Choice(part, known)}"
                );
        }
    }

    private static string? Fault(string[] side, StepGraph graph, IReadOnlyList<string> metrics)
    {
        if (side.Length == 0)
            return null;
        var path = ExpectedPath.Of(side, graph);
        return path is { Step: not null, Metric: var metric } && path.Step.Makes?.Kind == "table" && !metrics.Contains(metric)
            ? $"'{metric}' is not a metric{NearestWord.Choice(metric, metrics)}"
            : path.Fault;
    }
}
