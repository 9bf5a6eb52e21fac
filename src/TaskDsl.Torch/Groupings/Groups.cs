using System.ComponentModel.DataAnnotations;
using TaskDsl.Tasks;
using TaskDsl.Torch.Recipes;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Groupings;

/// <summary>
/// A model for each named group of tasks, as <c>{law: [clause_type, duty], bank: [intent]}</c>, called as the group. Each task of the
/// recipe is in exactly one.
/// </summary>
[Keyword("groups", IsDefault = true)]
public sealed record Groups : Grouping
{
    /// <summary>The tasks of each group, by its name.</summary>
    [Shorthand, Length(1, 10000)]
    public required IReadOnlyDictionary<string, IReadOnlyList<DslTask>> Tasks { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, IReadOnlyList<TaskShare> Tasks)> Models(Recipe recipe)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        return
        [
            .. Tasks.Select(group =>
                (
                    group.Key,
                    (IReadOnlyList<TaskShare>)[.. recipe.Tasks.Where(share => group.Value.Any(task => task.Name == share.Task.Name))]
                )
            ),
        ];
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Faults(Recipe recipe)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        foreach (var (name, tasks) in Tasks)
        {
            if (FolderName.Fault(name) is { } fault)
                yield return $"the group '{name}' gives its model's folder its name, and {fault}.";
            if (tasks.Count == 0)
                yield return $"the group '{name}' needs a task.";
        }

        string[] own = [.. recipe.Tasks.Select(share => share.Task.Name).Distinct()];
        var grouped = Tasks.SelectMany(group => group.Value.Select(task => (task.Name, Group: group.Key))).ToLookup(task => task.Name);
        foreach (var task in grouped.Where(task => !own.Contains(task.Key)))
            yield return $"the recipe has no task '{task.Key}'{NearestWord.Choice(task.Key, own)}";
        foreach (var task in grouped.Where(task => task.Count() > 1))
            yield return $"the task '{task.Key}' stands in {string.Join(" and ", task.Select(t => $"'{t.Group}'"))}; a task has one model.";
        foreach (var task in own.Where(task => !grouped.Contains(task)))
            yield return $"the task '{task}' is in no group; each task of the recipe needs one.";
    }
}
