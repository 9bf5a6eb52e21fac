using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Flow;
using TaskDsl.Generators.Kinds.Task;
using TaskDsl.Vocabulary;

namespace TaskDsl.Generators.Kinds.Pipeline;

/// <summary>Languages and groups of tasks that a step names must be of the tasks that it is for.</summary>
internal static class TasksOfStep
{
    public static void Check(BoundStep step, ShapeTable shapes, EmitContext context)
    {
        var given = step.Verb?.Properties ?? [];
        var asked = Tasks(given.Where(p => !p.Property.IsOfTasks)).ToList();
        var shaped = asked.Select(r => shapes[new(r.Kind, r.Name)]).OfType<TaskModel>().ToList();
        var (tasks, languages) = (asked.Select(r => r.Name).Distinct().ToList(), shaped.SelectMany(t => t.Languages).Distinct().ToList());
        if (tasks.Count == 0)
            return; // Which tasks its prompts are of is not known here.
        foreach (var task in Tasks(given.Where(p => p.Property.IsOfTasks)).Where(task => !tasks.Contains(task.Name)))
            if (context.Index.Find(task) is not null)
                context.Report(
                    Rules.BadStep,
                    task.Span,
                    $"'{step.Name}' does not measure the task '{task.Name}'{NearestWord.Choice(task.Name, tasks)}"
                );
        if (shaped.Count < asked.Count)
            return; // Of a task that does not compile the languages are not known.
        foreach (var language in given.Where(p => p.Property.IsOfTasks).SelectMany(p => p.Value.All).OfType<BoundScalar>())
            if (!languages.Contains(language.Scalar.Value))
                context.Report(
                    Rules.BadStep,
                    language.Span,
                    $"no task of '{step.Name}' is given in '{language.Scalar.Value}'{NearestWord.Choice(language.Scalar.Value, languages)}"
                );
    }

    /// <summary>The tasks that a step asks, by themselves or by a prompt of each; none where it trains.</summary>
    public static IReadOnlyList<string> Asked(BoundStep step, EmitContext context)
    {
        var given = step.Recipes.Any() ? [] : step.Verb?.Properties.Where(p => !p.Property.IsOfTasks).ToList() ?? [];
        var prompts = given.SelectMany(p => p.Value.All).OfType<BoundReference>().Where(r => r is { Kind: "prompt", Of: null });
        return
        [
            .. Tasks(given)
                .Select(task => task.Name)
                .Concat(prompts.Select(p => context.Index.Find(p)?.Base?.Name).OfType<string>())
                .Distinct(),
        ];
    }

    private static IEnumerable<BoundReference> Tasks(IEnumerable<BoundProperty> properties) =>
        properties.SelectMany(p => p.Value.All).OfType<BoundReference>().Where(r => r.Kind == TaskKind.Name && r.Name.Length > 0);
}
