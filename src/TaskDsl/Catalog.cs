using System.Reflection;
using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl;

/// <summary>Everything that a project's YAML files declare. The generator writes one instance: <c>TaskCatalog.Default</c>.</summary>
public sealed class Catalog
{
    /// <summary>The tasks, by name.</summary>
    public IReadOnlyList<DslTask> Tasks { get; init; } = [];

    /// <summary>The prompts, by name.</summary>
    public IReadOnlyList<Prompt> Prompts { get; init; } = [];

    /// <summary>What else is declared (recipes, and any other <see cref="DocumentAttribute">document</see>), by name.</summary>
    public IReadOnlyList<Definition> Definitions { get; init; } = [];

    /// <summary>The assembly that the catalog was generated into.</summary>
    public required Assembly Assembly { get; init; }

    /// <summary>
    /// The project's folder: relative paths in the YAML start there. Where it is gone (a published program), the program's own folder.
    /// </summary>
    public string ProjectDirectory => ProjectFolder.Of(Assembly) ?? AppContext.BaseDirectory;
}
