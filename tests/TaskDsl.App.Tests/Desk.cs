using Spectre.Console;

namespace TaskDsl.App.Tests;

/// <summary>The command line of this project's own tasks, with what it prints.</summary>
internal static class Desk
{
    /// <summary>The repository's folder.</summary>
    public static string Repository { get; } = Path.GetFullPath("../..", TaskCatalog.Default.ProjectDirectory);

    /// <summary>Runs a command line on a console that is no terminal.</summary>
    public static Task<(int Code, string Printed)> RunAsync(params string[] args) => RunAsync(terminal: false, args);

    /// <summary>Runs a command line on a terminal, where progress is a live bar.</summary>
    public static Task<(int Code, string Printed)> RunOnTerminalAsync(params string[] args) => RunAsync(terminal: true, args);

    private static async Task<(int Code, string Printed)> RunAsync(bool terminal, string[] args)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = terminal ? AnsiSupport.Yes : AnsiSupport.No,
                ColorSystem = ColorSystemSupport.NoColors,
                Interactive = terminal ? InteractionSupport.Yes : InteractionSupport.No,
                Out = new AnsiConsoleOutput(text),
            }
        );
        console.Profile.Width = 200;
        var code = await TaskApp.RunAsync(args, TaskCatalog.Default, console);
        return (code, text.ToString());
    }
}

/// <summary>A folder that goes when the test does.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("taskdsl-").FullName;

    public string In(params ReadOnlySpan<string> names) => System.IO.Path.Combine([Path, .. names]);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
