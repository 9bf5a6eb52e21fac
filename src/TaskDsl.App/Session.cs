using Spectre.Console;
using TaskDsl.Data;
using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Torch.Recipes;
using TaskDsl.Vocabulary;

namespace TaskDsl.App;

/// <summary>What a verb works with.</summary>
/// <param name="Catalog">What the project declares.</param>
/// <param name="Console">Where to print results.</param>
/// <param name="Errors">Where to print what went wrong.</param>
internal sealed record Session(Catalog Catalog, IAnsiConsole Console, IAnsiConsole Errors)
{
    /// <summary>The recipes of the project.</summary>
    public IReadOnlyList<Recipe> Recipes { get; } = [.. Catalog.Definitions.OfType<Recipe>()];

    /// <summary>Where data sets are read from.</summary>
    public DataOptions Data => new() { ProjectDirectory = Catalog.ProjectDirectory, RejectsDirectory = Path.Combine(Catalog.ProjectDirectory, "runs") };

    public DslTask Task(string name) => Find("task", name, Catalog.Tasks, t => t.Name);

    public Prompt Prompt(string name) => Find("prompt", name, Catalog.Prompts, p => p.Name);

    public Recipe Recipe(string name) => Find("recipe", name, Recipes, r => r.Name);

    /// <summary>Prints an error as compilers do.</summary>
    public void Error(string message) => Errors.MarkupLineInterpolated($"[red]error:[/] {message}");

    /// <summary>Prints a line as it is, for programs to read: not wrapped, not coloured.</summary>
    public void WriteLine(string text) => Console.Profile.Out.Writer.WriteLine(text);

    private static T Find<T>(string kind, string name, IReadOnlyList<T> all, Func<T, string> nameOf) =>
        all.FirstOrDefault(item => nameOf(item) == name) ?? throw new UserException(
            all.Count == 0 ? $"this project has no {kind}." : $"there is no {kind} '{name}'{(NearestWord.To(name, all.Select(nameOf)) is { } near ? $"; did you mean '{near}'?" : $"; there are {string.Join(", ", all.Select(nameOf))}.")}");
}
