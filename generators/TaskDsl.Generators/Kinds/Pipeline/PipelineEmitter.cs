using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Emission;
using TaskDsl.Generators.Flow;
using TaskDsl.Generators.Kinds.Definition;
using TaskDsl.Generators.Kinds.Recipe;
using TaskDsl.Generators.Kinds.Task;
using TaskDsl.Generators.Vocabulary;

namespace TaskDsl.Generators.Kinds.Pipeline;

/// <summary>Writes a pipeline: the object graph, in which each step's stages are compiled over the step's task.</summary>
internal static class PipelineEmitter
{
    public static string Emit(ScopedDocument document, EmitContext context)
    {
        var (value, entry) = (document.Document.Value!, document.Document.Summary.Entry!);
        var graph = new StepGraph(value);
        var compilers = new Dictionary<BoundScalar, TaskExpressions>();
        foreach (var step in graph.Leaves)
        {
            CheckTasks(step, graph, document.Shapes, context);
            if (step.Verb?["task"] is BoundEach each && step.Value["stages"] is { } over)
                context.Report(
                    Rules.BadStep,
                    over.Span,
                    $"stages are over one task, and '{step.Name}' has {each.Items.Count}; put them into a data step"
                );
            TasksOfStep.Check(step, document.Shapes, context);
            foreach (var lost in step.Task is null ? step.Verb?.All.OfType<BoundScalar>().Where(IsExpression) ?? [] : [])
                context.Report(
                    Rules.BadStep,
                    lost.Span,
                    "this is computed from the fields of a task, and the step has none: give 'task' too"
                );
            if (step.Task is not { } name || document.Shapes[new(TaskKind.Name, name)] is not TaskModel task)
                continue;
            KeptNumbers.Check(step, task, context);
            NamedFields.Check(step.Verb!, task.Fields, (node, fault) => context.Report(Rules.BadStep, node.Span, fault));
            KeptNumbers.CheckRead(step, graph, context);
            if (step.Value["stages"] is { } stages)
                NamedFields.Check(stages, task.Fields, (node, fault) => context.Report(Rules.BadStep, node.Span, fault));
            var expressions = new TaskExpressions(task, context, entry.Member + Names.Pascal(step.Path.Replace('.', '_')))
            {
                Kept = KeptNumbers.Of(step, graph),
            };
            foreach (var scalar in step.Value.All.OfType<BoundScalar>().Where(IsExpression))
                compilers[scalar] = expressions;
        }

        Expectations.CheckParts(value, graph, document.Shapes, context);
        // Of a task that does not compile nothing can be said.
        context = context with { Expression = scalar => compilers.TryGetValue(scalar, out var of) ? of.Emit(scalar) : "null!" };
        return DefinitionEmitter.Emit(
            value,
            entry,
            context,
            compilers.Count == 0 ? null : () => compilers.Values.Distinct().SelectMany(of => of.Tables)
        );
    }

    private static bool IsExpression(BoundScalar scalar) => scalar.Type.Kind == TypeKind.Expression;

    /// <summary>Examples, indexes and prompts are of the task that they are used for.</summary>
    private static void CheckTasks(BoundStep step, StepGraph graph, ShapeTable shapes, EmitContext context)
    {
        foreach (var prompt in step.Verb?.All.OfType<BoundReference>().Where(r => r is { Kind: "prompt", Of: null }) ?? [])
            if (step.Task is { } asked && context.Index.Find(prompt)?.Base is { } basis && basis.Name != asked)
                context.Report(
                    Rules.BadStep,
                    prompt.Span,
                    $"the prompt '{prompt.Name}' is of the task '{basis.Name}', and this step is for the task '{asked}'"
                );
        FieldsOfOthers.Check(step, graph, shapes, context);
        foreach (var recipe in step.Recipes)
            if (recipe.Changes.FirstOrDefault(change => change.Property.Key == ModelGroups.Key) is { } grouping)
                ModelGroups.Check(grouping.Value, Tasks(recipe, shapes) ?? [], shapes, context);
        foreach (var (property, named) in step.Named.Where(n => n.Property.Result is { OfAnyTask: false }))
        {
            if (graph.Find(step, named)?.Step is not { Task: { } made, Makes.Kind: "examples" or "index" or "answers" } other)
                continue;
            var what = other.Makes.Kind == "index" ? "is an index" : $"are {other.Makes.Kind}";
            if (step.Task is { } own && own != made)
                context.Report(
                    Rules.BadStep,
                    named.Span,
                    $"'{named.Scalar.Value}' {what} of the task '{made}', and this step is for the task '{own}'"
                );
            if (step.Task is null && TasksOfStep.Asked(step, context) is { Count: > 0 } asked && !asked.Contains(made))
                context.Report(
                    Rules.BadStep,
                    named.Span,
                    $"'{named.Scalar.Value}' {what} of the task '{made}', and this step asks "
                        + string.Join(", ", asked.Select(t => $"'{t}'"))
                );
            foreach (var recipe in step.Recipes)
                if (Tasks(recipe, shapes) is { } tasks && !tasks.Contains(made))
                    context.Report(
                        Rules.BadStep,
                        named.Span,
                        $"'{named.Scalar.Value}' are examples of the task '{made}', and the recipe '{recipe.Name}' trains on "
                            + (tasks.Count == 0 ? "no task" : string.Join(", ", tasks.Select(t => $"'{t}'")))
                    );
        }
    }

    /// <summary>The tasks that a recipe, as the step has changed it, trains on; null where the recipe does not compile.</summary>
    private static IReadOnlyList<string>? Tasks(BoundReference recipe, ShapeTable shapes) =>
        recipe.Changes.FirstOrDefault(change => change.Property.Key == "tasks") is { } changed
            ? [.. changed.Value.All.OfType<BoundReference>().Where(r => r.Kind == TaskKind.Name).Select(r => r.Name)]
        : shapes[new(recipe.Kind, recipe.Name)] is DefinitionShape shape
            ? [.. shape.Names.Where(n => n.Kind == TaskKind.Name).Select(n => n.Name)]
        : null;
}
