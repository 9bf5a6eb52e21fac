using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Flow;
using TaskDsl.Generators.Kinds.Definition;

namespace TaskDsl.Generators.Kinds.Recipe;

/// <summary><c>*.recipe.yaml</c>: a record that says what becomes of tasks, which therefore must be such as it says.</summary>
public sealed record RecipeKind() : DefinitionKind("recipe", "TaskDsl.Torch")
{
    /// <inheritdoc/>
    public override bool SeesShapes(BoundRecord value) => value[ModelGroups.Key] is { } grouping && ModelGroups.NamesFields(grouping);

    /// <inheritdoc/>
    public override string? Emit(ScopedDocument document, EmitContext context)
    {
        var recipe = document.Document.Value!;
        var tasks = recipe.Items("tasks").OfType<BoundRecord>().Select(share => share["task"]).OfType<BoundReference>().ToList();
        // A task that there is not has its own problem.
        if (recipe[ModelGroups.Key] is { } grouping && tasks.All(task => context.Index.Find(task) is not null))
            ModelGroups.Check(grouping, [.. tasks.Select(task => task.Name).Distinct()], document.Shapes, context);
        return base.Emit(document, context);
    }
}
