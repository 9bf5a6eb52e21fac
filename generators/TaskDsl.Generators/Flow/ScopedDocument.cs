using TaskDsl.Generators.Kinds.Task;
using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Flow;

/// <summary>A document with the part of the project that it sees, and no more: an edit elsewhere leaves it equal.</summary>
/// <param name="Document">The document.</param>
/// <param name="HintName">The generated file; null where it has none, because it is broken or its name is taken.</param>
/// <param name="Index">What it refers to.</param>
/// <param name="Task">The task of a prompt.</param>
public sealed record ScopedDocument(BoundDocument Document, string? HintName, ProjectIndex Index, TaskModel? Task)
{
    public static ScopedDocument Of(BoundDocument document, ProjectIndex index, TaskTable tasks)
    {
        var hint =
            document is { Value: not null, Entry: { } entry }
            && index.Find(entry.Kind, entry.Name) is { IsWhole: true } owner
            && owner.Path == entry.Path
                ? owner.HintName
                : null;
        return new ScopedDocument(document, hint, index.For(document.References), document.Entry?.Task is { } name ? tasks[name] : null);
    }
}

/// <summary>The project's tasks by name, value-equal.</summary>
public sealed record TaskTable(EquatableArray<TaskModel> Tasks)
{
    private Dictionary<string, TaskModel>? byName;

    /// <summary>The task of a name; null where there is none, or it is broken.</summary>
    public TaskModel? this[string name] =>
        (byName ??= Tasks.GroupBy(t => t.Name).ToDictionary(g => g.Key, g => g.First())).TryGetValue(name, out var task) ? task : null;

    // The look-up table is no part of the value.
    public bool Equals(TaskTable? other) => other is not null && Tasks.Equals(other.Tasks);

    public override int GetHashCode() => Tasks.GetHashCode();
}
