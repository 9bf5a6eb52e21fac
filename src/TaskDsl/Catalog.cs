using System.Reflection;
using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl;

/// <summary>Everything that a project's YAML files declare. The generator writes one instance: <c>TaskCatalog.Default</c>.</summary>
public sealed class Catalog
{
    /// <summary>The tasks, by name; behind them those of projects that this one refers to.</summary>
    public IReadOnlyList<DslTask> Tasks
    {
        get => Joined(field, other => other.Tasks, task => task.Name);
        init;
    } = [];

    /// <summary>The prompts, by name; behind them those of projects that this one refers to.</summary>
    public IReadOnlyList<Prompt> Prompts
    {
        get => Joined(field, other => other.Prompts, prompt => prompt.Name);
        init;
    } = [];

    /// <summary>What else is declared (recipes, any other <see cref="DocumentAttribute">document</see>), by name; then as above.</summary>
    public IReadOnlyList<Definition> Definitions
    {
        get => Joined(field, other => other.Definitions, definition => definition.Name);
        init;
    } = [];

    /// <summary>
    /// The catalogues of the projects that this one refers to. What they declare is listed here too, unless this project has another of the
    /// same kind and name.
    /// </summary>
    public IReadOnlyList<Catalog> Referenced { get; init; } = [];

    /// <summary>The assembly that the catalog was generated into.</summary>
    public required Assembly Assembly { get; init; }

    /// <summary>
    /// The project's folder: relative paths in the YAML start there. Of a published program it is the program's own folder.
    /// </summary>
    public string ProjectDirectory => ProjectFolder.Of(Assembly) ?? AppContext.BaseDirectory;

    private IReadOnlyList<T> Joined<T>(IReadOnlyList<T> own, Func<Catalog, IReadOnlyList<T>> of, Func<T, string> nameOf)
        where T : class
    {
        if (Referenced.Count == 0)
            return own;
        var taken = own.Select(Key).ToHashSet();
        return
        [
            .. own,
            .. Referenced.SelectMany(of).Distinct<T>(ReferenceEqualityComparer.Instance).Where(item => !taken.Contains(Key(item))),
        ];

        (string Kind, string Name) Key(T item) => (item is Definition ? item.GetType().FullName! : "", nameOf(item));
    }
}
