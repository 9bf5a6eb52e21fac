using Spectre.Console;

namespace TaskDsl.App.Sessions;

/// <summary>The consoles of the program. What is piped on is not wrapped as narrowly as Spectre would.</summary>
public static class Terminal
{
    private const int PipedWidth = 200;

    /// <summary>Where results go.</summary>
    public static IAnsiConsole Output() => Of(Console.Out, Console.IsOutputRedirected);

    /// <summary>Where errors go.</summary>
    public static IAnsiConsole Errors() => Of(Console.Error, Console.IsErrorRedirected);

    private static IAnsiConsole Of(TextWriter writer, bool redirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
        if (!redirected)
            return console;
        console.Profile.Width = PipedWidth;
        console.Profile.Capabilities.Interactive = false;
        return console;
    }
}
