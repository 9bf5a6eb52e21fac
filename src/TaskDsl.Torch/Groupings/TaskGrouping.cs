using TaskDsl.Torch.Recipes;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Groupings;

/// <summary>A model for each task, called as the task, or as its prompt where the recipe has the task more than once.</summary>
[Keyword("task")]
public sealed record TaskGrouping : Grouping
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, IReadOnlyList<TaskShare> Tasks)> Models(Recipe recipe)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        return [.. recipe.Tasks.Select(share => (recipe.NameOf(share), (IReadOnlyList<TaskShare>)[share]))];
    }
}
