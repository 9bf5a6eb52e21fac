using System.CommandLine;
using Spectre.Console;
using TaskDsl.App.Sessions;
using TaskDsl.App.Verbs;
using TaskDsl.Torch.Tuning;

namespace TaskDsl.App.Tests;

/// <summary>What the user should know of a model's files stands beside the results, never among them.</summary>
public sealed class NoticeTests
{
    private const string Notice = "note: generation_config.json has bad_words_ids, which decoding here does not use.";

    [Theory]
    [InlineData("merge")]
    [InlineData("predict")]
    [InlineData("evaluate")]
    public async Task A_verb_that_opens_a_model_tells_it(string verb)
    {
        using var folder = new TempFolder();
        using (var model = ModelFolders.Write(folder.In("base")))
            ModelFolders.Adapt(model, new Lora(), folder.In("adapter"), folder.In("base"));
        File.WriteAllText(folder.In("base", "generation_config.json"), """{"bad_words_ids": [[3]]}""");
        using var results = new StringWriter();
        using var errors = new StringWriter();
        var session = new Session(TaskCatalog.Default, Console(results), Console(errors));
        var (command, arguments) = verb switch
        {
            "merge" => (MergeVerb.Create(session), (string[])["--out", folder.In("merged")]),
            "predict" => (PredictVerb.Create(session), ["weather", "--input", """{"note": "rain"}"""]),
            _ => (EvaluateVerb.Create(session), ["--prompt", "weather", "--limit", "1"]),
        };
        var root = new RootCommand { command };
        try
        {
            await root.Parse([verb, folder.In("adapter"), .. arguments])
                .InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (UserException)
        {
            Assert.Equal("predict", verb); // So small a model has no answer.
        }

        Assert.StartsWith(Notice, errors.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("note:", results.ToString(), StringComparison.Ordinal);
        if (verb == "merge")
            Assert.Equal(folder.In("merged") + "\n", results.ToString());
    }

    /// <summary>Steps alone rule; steps that the epochs never reach are told.</summary>
    [Fact]
    public async Task A_plan_goes_by_the_steps_and_tells_those_that_are_never_reached()
    {
        var (code, printed) = await Desk.RunAsync("plan", "tiny_each", "--set", "budget.steps=50");
        Assert.True(code == ExitCode.Success, printed);
        var steps = printed.Split('\n').Where(line => line.TrimStart().StartsWith("steps", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, steps.Count); // Of each task's model.
        Assert.All(steps, line => Assert.Contains(" 50, ", line, StringComparison.Ordinal));
        Assert.DoesNotContain("never reached", printed, StringComparison.Ordinal);
        (code, printed) = await Desk.RunAsync("plan", "tiny", "--set", "budget.steps=5000");
        Assert.True(code == ExitCode.Success, printed);
        Assert.Contains("note: budget: the run ends at 2 epochs, which are ", printed, StringComparison.Ordinal);
        Assert.Contains("its 5,000 steps are never reached", printed, StringComparison.Ordinal);
    }

    private static IAnsiConsole Console(TextWriter text)
    {
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.No,
                ColorSystem = ColorSystemSupport.NoColors,
                Interactive = InteractionSupport.No,
                Out = new AnsiConsoleOutput(text),
            }
        );
        console.Profile.Width = 200;
        return console;
    }
}
