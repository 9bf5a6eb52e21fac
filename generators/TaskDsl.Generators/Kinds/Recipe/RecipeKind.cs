using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Flow;
using TaskDsl.Generators.Kinds.Definition;
using TaskDsl.Generators.Kinds.Task;
using TaskDsl.Vocabulary;

namespace TaskDsl.Generators.Kinds.Recipe;

/// <summary><c>*.recipe.yaml</c>: a record that says what becomes of tasks, which therefore must be such as it says.</summary>
public sealed record RecipeKind() : DefinitionKind("recipe", "TaskDsl.Torch")
{
    private const string Languages = "languages";

    /// <inheritdoc/>
    public override bool SeesShapes(BoundRecord value) =>
        value[Languages] is not null || (value[ModelGroups.Key] is { } grouping && ModelGroups.NamesFields(grouping));

    /// <inheritdoc/>
    public override string? Emit(ScopedDocument document, EmitContext context)
    {
        var recipe = document.Document.Value!;
        var tasks = recipe.Items("tasks").OfType<BoundRecord>().Select(share => share["task"]).OfType<BoundReference>().ToList();
        // A task that there is not has its own problem.
        if (recipe[ModelGroups.Key] is { } grouping && tasks.All(task => context.Index.Find(task) is not null))
            ModelGroups.Check(grouping, [.. tasks.Select(task => task.Name).Distinct()], document.Shapes, context);
        CheckLanguages(
            recipe.Items(Languages).OfType<BoundScalar>(),
            [.. tasks.Select(task => document.Shapes[new(TaskKind.Name, task.Name)])]
        );
        return base.Emit(document, context);

        void CheckLanguages(IEnumerable<BoundScalar> named, IReadOnlyList<object?> shapes)
        {
            var tasks = shapes.OfType<TaskModel>().ToList();
            if (tasks.Count < shapes.Count || tasks.Count == 0)
                return; // Of a task that does not compile the languages are not known.
            var spoken = tasks.SelectMany(task => task.Languages).Distinct().ToList();
            foreach (var language in named.Where(language => !spoken.Contains(language.Scalar.Value)))
                context.Report(
                    Rules.BadRecipe,
                    language.Span,
                    $"no task of the recipe is given in '{language.Scalar.Value}'{NearestWord.Choice(language.Scalar.Value, spoken)}"
                );
        }
    }
}
