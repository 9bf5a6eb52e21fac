using System.Reflection;
using Spectre.Console;
using TaskDsl.Testing;

namespace TaskDsl.App.Tests.Drafting;

/// <summary>A project's folder with data and nothing else, to draft in; it goes when the test does.</summary>
internal sealed class DraftProject : IDisposable
{
    private readonly TempFolder folder = new();

    /// <summary>The project's folder.</summary>
    public string Path => folder.Path;

    /// <summary>Words that make texts, always the same for a number.</summary>
    public static string Text(int number, int words = 9)
    {
        string[] all =
        [
            .. "card payment refund late broken invoice wrong password reset help order number missing box slow error".Split(' '),
        ];
        return string.Join(' ', Enumerable.Range(0, words).Select(i => all[(number * 7 + i * (number % 5 + 3)) % all.Length]))
            + $" {number}";
    }

    /// <summary>Lines of a file, one for each number.</summary>
    public static string Lines(int count, Func<int, string> line, string header = "") =>
        header + string.Concat(Enumerable.Range(0, count).Select(i => line(i) + "\n"));

    /// <summary>C# of the project's own. Default: none.</summary>
    public string Source { get; init; } = "";

    /// <summary>Writes a file of the project.</summary>
    public DraftProject With(string path, string text)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(folder.In(path))!);
        File.WriteAllText(folder.In(path), text);
        return this;
    }

    /// <summary>A file of the project.</summary>
    public string Read(string path) => File.ReadAllText(folder.In(path));

    /// <summary>Whether a file is there.</summary>
    public bool Has(string path) => File.Exists(folder.In(path));

    /// <summary>Runs a command line of the project, as it is compiled now.</summary>
    public Task<(int Code, string Printed)> RunAsync(params string[] args) => RunAsync(Compiled(), args);

    /// <summary>Runs a command line of the project as it was before it had any YAML.</summary>
    public Task<(int Code, string Printed)> RunBareAsync(params string[] args) => RunAsync(Compiled(new GeneratorProject()), args);

    private static async Task<(int Code, string Printed)> RunAsync(Catalog catalog, string[] args)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.No,
                ColorSystem = ColorSystemSupport.NoColors,
                Interactive = InteractionSupport.No,
                Out = new AnsiConsoleOutput(text),
            }
        );
        console.Profile.Width = 1000;
        var code = await TaskApp.RunAsync(args, catalog, console);
        return (code, text.ToString());
    }

    /// <summary>Drafts a task from a file; fails where that does.</summary>
    public async Task<string> DraftAsync(string file, params string[] options)
    {
        var (code, printed) = await RunAsync(["draft", "task", file, .. options]);
        Assert.True(code == 0, printed);
        return printed;
    }

    /// <summary>Compiles the project, data files looked into; fails where a mistake or a warning is found.</summary>
    public Catalog Compiled() => Compiled(GeneratorProject.FromFolder(Path));

    private Catalog Compiled(GeneratorProject project)
    {
        var assembly = project
            .AddSource("Own.cs", Source)
            .AddSource("Folder.cs", $"[assembly: System.Reflection.AssemblyMetadata(\"TaskDsl.ProjectDirectory\", @\"{Path}\")]")
            .Run()
            .Load();
        return (Catalog)
            assembly.GetType("Desk.TaskCatalog")!.GetProperty("Default", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;
    }

    public void Dispose() => folder.Dispose();
}
