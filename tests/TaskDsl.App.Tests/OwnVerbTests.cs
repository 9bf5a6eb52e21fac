using System.CommandLine;
using Spectre.Console;
using TaskDsl.Torch.Evaluation;

namespace TaskDsl.App.Tests;

/// <summary>A verb of a project's own stands beside ours, and ends as they do.</summary>
public sealed class OwnVerbTests
{
    [Fact]
    public async Task It_runs_and_gives_its_exit_code() => Assert.Equal((7, ""), await RunAsync(_ => 7, "greet"));

    [Fact]
    public async Task What_goes_wrong_is_one_line()
    {
        var (code, printed) = await RunAsync(_ => throw new RunException("nobody is there."), "greet");
        Assert.Equal((1, "error: nobody is there."), (code, printed.Trim()));
    }

    [Fact]
    public async Task It_is_among_the_verbs_that_are_meant()
    {
        var (code, printed) = await RunAsync(_ => 0, "greeet");
        Assert.Equal(2, code);
        Assert.Contains("there is no verb 'greeet'; did you mean 'greet'?", printed, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Printed)> RunAsync(Func<ParseResult, int> greet, params string[] args)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = 200;
        var verb = new Command("greet", "Greets.");
        verb.SetAction(greet);
        var code = await TaskApp.RunAsync(args, TaskCatalog.Default, console, [verb]);
        return (code, text.ToString());
    }
}
