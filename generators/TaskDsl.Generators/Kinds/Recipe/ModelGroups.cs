using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Flow;
using TaskDsl.Generators.Kinds.Task;
using TaskDsl.Generators.Yaml;
using TaskDsl.Vocabulary;

namespace TaskDsl.Generators.Kinds.Recipe;

/// <summary>
/// What gets a model of its own must be there: each task of the recipe stands in one group, each of them has the field whose values count.
/// </summary>
internal static class ModelGroups
{
    /// <summary>The property of a recipe.</summary>
    public const string Key = "one_model_per";

    /// <summary>Whether it names a field, so that the tasks' shapes matter.</summary>
    public static bool NamesFields(BoundValue grouping) => grouping.All.OfType<BoundRecord>().Any(one => one["field"] is not null);

    /// <summary>Reports what is wrong.</summary>
    /// <param name="grouping">What the recipe, or a step in its place, says.</param>
    /// <param name="tasks">The recipe's tasks; none where they are not known here.</param>
    /// <param name="shapes">The shapes of these.</param>
    /// <param name="context">Where it is reported.</param>
    public static void Check(BoundValue grouping, IReadOnlyList<string> tasks, ShapeTable shapes, EmitContext context)
    {
        foreach (var one in (grouping is BoundEach each ? each.Items : [grouping]).OfType<BoundRecord>())
        {
            if (one["tasks"] is BoundMap groups)
                CheckGroups(groups, tasks, context);
            else if (one["field"] is not null && context.IsSound)
                CheckField(one, tasks, shapes, context);
        }
    }

    private static void CheckGroups(BoundMap groups, IReadOnlyList<string> tasks, EmitContext context)
    {
        foreach (var group in groups.Entries)
            if (FolderName.Fault(group.Key.Value) is { } fault)
                Report(group.Key, $"the group '{group.Key.Value}' gives its model's folder its name, and {fault}");
            else if (group.Value.Node is not YamlSequence { Items.Count: > 0 })
                Report(group.Key, $"the group '{group.Key.Value}' needs a task");
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        var isClear = context.IsSound && tasks.Count > 0;
        foreach (var group in groups.Entries)
        foreach (var task in group.Value.All.OfType<BoundReference>())
        {
            if (context.Index.Find(task) is null)
                isClear = false; // It may be meant for any.
            else if (tasks.Count > 0 && !tasks.Contains(task.Name))
            {
                Report(task.Node, $"the recipe has no task '{task.Name}'{NearestWord.Choice(task.Name, tasks)}");
                isClear = false;
            }
            else if (found.TryGetValue(task.Name, out var other))
                Report(task.Node, $"the task '{task.Name}' stands in '{other}' already; a task has one model");
            else
                found.Add(task.Name, group.Key.Value);
        }

        var left = isClear ? tasks.Where(task => !found.ContainsKey(task)).Select(task => $"'{task}'").ToList() : [];
        if (left.Count > 0)
            Report(
                groups.Node is YamlMapping { Entries: [var first, ..] } ? first.Key : groups.Node,
                (left.Count == 1 ? $"the task {left[0]} is in no group" : $"the tasks {string.Join(", ", left)} are in no group")
                    + "; each task of the recipe needs one"
            );

        void Report(YamlNode node, string fault) => context.Report(Rules.BadRecipe, node.Span, fault);
    }

    // One field, one problem: the first task that lacks it.
    private static void CheckField(BoundRecord values, IReadOnlyList<string> tasks, ShapeTable shapes, EmitContext context)
    {
        var isTold = false;
        foreach (var task in tasks.Select(name => shapes[new(TaskKind.Name, name)]).OfType<TaskModel>())
            if (!isTold)
                NamedFields.Check(values, [.. task.Input], Report, $"the input of the task '{task.Name}'");

        void Report(YamlNode node, string fault)
        {
            isTold = true;
            context.Report(Rules.BadRecipe, node.Span, fault);
        }
    }
}
