using Spectre.Console;
using TaskDsl.Data;
using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Recipes;
using TaskDsl.Vocabulary;

namespace TaskDsl.App.Sessions;

/// <summary>What a verb works with.</summary>
/// <param name="Catalog">What the project declares.</param>
/// <param name="Console">Where to print results.</param>
/// <param name="Errors">Where to print what went wrong.</param>
internal sealed record Session(Catalog Catalog, IAnsiConsole Console, IAnsiConsole Errors)
{
    /// <summary>The recipes of the project.</summary>
    public IReadOnlyList<Recipe> Recipes { get; } = [.. Catalog.Definitions.OfType<Recipe>()];

    /// <summary>The pipelines of the project.</summary>
    public IReadOnlyList<Pipeline> Pipelines { get; } = [.. Catalog.Definitions.OfType<Pipeline>()];

    /// <summary>The folder of runs, whichever project declares what runs.</summary>
    public string Runs { get; } = Path.Combine(Catalog.ProjectDirectory, "runs");

    /// <summary>Where a task's examples are read from: its own project's folder.</summary>
    public DataOptions Data(DslTask task) =>
        new() { ProjectDirectory = task.ProjectDirectory ?? Catalog.ProjectDirectory, RejectsDirectory = Runs };

    public DslTask Task(string name) => Find("task", name, Catalog.Tasks, t => t.Name);

    public Prompt Prompt(string name) => Find("prompt", name, Catalog.Prompts, p => p.Name);

    public Recipe Recipe(string name) => Find("recipe", name, Recipes, r => r.Name);

    public Pipeline Pipeline(string name) => Find("pipeline", name, Pipelines, p => p.Name);

    /// <summary>Everything that has a name, whatever its kind.</summary>
    public object[] Named(string name)
    {
        (string Name, object Value)[] all =
        [
            .. Catalog.Tasks.Select(t => (t.Name, (object)t)),
            .. Catalog.Prompts.Select(p => (p.Name, (object)p)),
            .. Recipes.Select(r => (r.Name, (object)r)),
        ];
        object[] found = [.. all.Where(a => a.Name == name).Select(a => a.Value)];
        return found.Length > 0 ? found : throw Missing("task, prompt or recipe", name, [.. all.Select(a => a.Name).Distinct()]);
    }

    /// <summary>Prints an error as compilers do.</summary>
    public void Error(string message) => Errors.MarkupLineInterpolated($"[red]error:[/] {message}");

    /// <summary>Prints what the user should know, beside the results.</summary>
    public void Note(IEnumerable<string> notices)
    {
        foreach (var notice in notices)
            Errors.MarkupLineInterpolated($"[yellow]note:[/] {notice}");
    }

    /// <summary>Prints a line as it is, for programs to read: not wrapped, not coloured.</summary>
    public void WriteLine(string text) => Console.Profile.Out.Writer.WriteLine(text);

    private static T Find<T>(string kind, string name, IReadOnlyList<T> all, Func<T, string> nameOf) =>
        all.Where(item => nameOf(item) == name).ToList() switch
        {
            [var found] => found,
            [] => throw Missing(kind, name, [.. all.Select(nameOf)]),
            var several => throw new UserException(
                $"{several.Count} of the projects that this one refers to have a {kind} '{name}', and this one has none; give "
                    + "them names of their own."
            ),
        };

    private static UserException Missing(string kind, string name, string[] names) =>
        new(names.Length == 0 ? $"this project has no {kind}." : $"there is no {kind} '{name}'{NearestWord.Choice(name, names)}");
}
