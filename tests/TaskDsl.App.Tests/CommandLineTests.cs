using System.Text.Json.Nodes;
using Spectre.Console;
using TaskDsl.App.Sessions;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Runs;
using TaskDsl.Vocabulary;

namespace TaskDsl.App.Tests;

public sealed class CommandLineTests
{
    [Fact]
    public async Task Lists_what_the_project_declares()
    {
        var (code, printed) = await Desk.RunAsync("list");
        Assert.Equal(ExitCode.Success, code);
        Assert.Contains("weather", printed, StringComparison.Ordinal);
        Assert.Contains("tiny", printed, StringComparison.Ordinal);
        Assert.Contains("Tells a day's weather from a note.", printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_names_every_verb_and_exit_code()
    {
        var (code, printed) = await Desk.RunAsync("--help");
        Assert.Equal(ExitCode.Success, code);
        foreach (
            var word in (string[])
                [
                    "list",
                    "show",
                    "build-data",
                    "plan",
                    "train",
                    "run",
                    "evaluate",
                    "predict",
                    "report",
                    "inspect",
                    "merge",
                    "import",
                    "embed",
                    "schema",
                    "74",
                    "130",
                ]
        )
            Assert.Contains(word, printed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("predict", "tiny weather --input '{\"note\": \"…\"}'")]
    [InlineData("predict", "runs/tiny weather --language zh")]
    [InlineData("train", "train tiny tiny_each")]
    [InlineData("build-data", "build-data weather --out data.built")]
    public async Task Help_speaks_of_the_projects_own_names(string verb, string example)
    {
        var (code, printed) = await Desk.RunAsync(verb, "--help");
        Assert.Equal(ExitCode.Success, code);
        Assert.Contains(example, printed, StringComparison.Ordinal);
        Assert.DoesNotContain("clause", printed, StringComparison.Ordinal);
        Assert.DoesNotContain("all_in_one", printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_project_without_definitions_says_what_to_do()
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text) });
        var empty = new Catalog { Assembly = typeof(CommandLineTests).Assembly };
        Assert.Equal(ExitCode.Success, await TaskApp.RunAsync(["list"], empty, console));
        Assert.Contains("A task is a file <name>.task.yaml", text.ToString(), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, await TaskApp.RunAsync(["train"], empty, console));
        Assert.Contains("this project has no recipe.", text.ToString(), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, await TaskApp.RunAsync(["train", "--help"], empty, console));
        Assert.Contains("train <recipe> --resume", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_loss_mask_is_visible_without_colours()
    {
        var (code, printed) = await Desk.RunAsync("show", "prompt", "weather", "--count", "1");
        Assert.Equal(ExitCode.Success, code);
        Assert.Contains("«", printed, StringComparison.Ordinal);
        Assert.Matches("«(sunny|rainy)", printed);
        Assert.Matches("«(晴|雨)", printed);
    }

    [Fact]
    public async Task Every_record_is_accounted_for()
    {
        using var folder = new TempFolder();
        var (code, printed) = await Desk.RunAsync("build-data", "--out", folder.Path);
        Assert.Equal(ExitCode.Success, code);
        Assert.Contains("weather", printed, StringComparison.Ordinal);
        // Those of exam, of weather, of town_sky and of numbered.
        Assert.Equal(
            144 + 16 + 41 + 10,
            Directory.GetFiles(folder.Path, "*.jsonl", SearchOption.AllDirectories).Sum(file => File.ReadLines(file).Count())
        );
    }

    [Theory]
    [InlineData(ExitCode.Usage, "trian", "tiny")]
    [InlineData(ExitCode.Usage, "train")]
    [InlineData(ExitCode.Mistake, "show", "wether")]
    [InlineData(ExitCode.Mistake, "show", "tusk", "weather")]
    [InlineData(ExitCode.Mistake, "show", "prompt", "wether")]
    [InlineData(ExitCode.Mistake, "build-data", "wether")]
    [InlineData(ExitCode.Mistake, "train", "tini")]
    [InlineData(ExitCode.Mistake, "train", "tiny", "--set", "optimiser.adamw.learning_rate=1")]
    [InlineData(ExitCode.Mistake, "evaluate", "no/such/folder")]
    [InlineData(ExitCode.Mistake, "predict", "no/such/folder", "weather", "--input", "{}")]
    [InlineData(ExitCode.Mistake, "predict", "tiny", "weather", "--device", "cuda:99", "--input", "{}")]
    [InlineData(ExitCode.Mistake, "report", "no/such/run")]
    [InlineData(ExitCode.Mistake, "train", "tiny", "--resume", "--out", "/tmp/taskdsl-no-runs-here")]
    public async Task A_users_mistake_is_told_in_a_paragraph(int expected, params string[] args)
    {
        var (code, printed) = await Desk.RunAsync(args);
        Assert.Equal(expected, code);
        Assert.Contains("error:", printed, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", printed, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_nearest_name_is_suggested()
    {
        var (_, printed) = await Desk.RunAsync("show", "task", "wether");
        Assert.Contains("there is no task 'wether'; did you mean 'weather'?", printed, StringComparison.Ordinal);
        (_, printed) = await Desk.RunAsync("show", "tini");
        Assert.Contains("did you mean 'tiny'?", printed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("there is no verb 'trian'; did you mean 'train'?", "trian", "tiny")]
    [InlineData("there is no verb 'validate'; expected one of list, show", "validate", "--help")]
    [InlineData("train has no option '--device'; expected one of --out, --resume, --set", "train", "tiny", "--device", "cpu")]
    [InlineData("plan has no option '--devise'; did you mean '--device'?", "plan", "tiny", "--devise", "cpu")]
    [InlineData("train needs a recipe; expected one of tiny, tiny_each, tiny_exam.", "train")]
    [InlineData("plan needs a recipe; expected one of tiny, tiny_each, tiny_exam.", "plan", "--set", "batch.rows=2")]
    [InlineData("--limit: '-1' where a whole number from 1 up is expected.", "evaluate", "x", "--limit", "-1")]
    [InlineData("--limit: 'x' where a whole number from 1 up is expected.", "evaluate", "x", "--limit", "x")]
    [InlineData("--count: '0' where a whole number from 1 up is expected.", "show", "weather", "--count", "0")]
    [InlineData("--device: 'gpu' is not a device; expected auto, cpu, cuda or cuda:n.", "evaluate", "x", "--device", "gpu")]
    [InlineData("--device: 'cuda:-1' is not a device; expected", "predict", "x", "weather", "--device", "cuda:-1")]
    [InlineData("--device: 'cuda:x' is not a device; expected", "plan", "tiny", "--device", "cuda:x")]
    public async Task A_mistake_in_the_command_line_is_one_error_in_its_own_words(string message, params string[] args)
    {
        var (code, printed) = await Desk.RunAsync(args);
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains(message, printed, StringComparison.Ordinal);
        Assert.Equal(2, printed.Split("error:").Length);
    }

    [Fact]
    public async Task A_name_shows_everything_that_has_it()
    {
        var (code, printed) = await Desk.RunAsync("show", "weather", "--count", "1");
        Assert.Equal(ExitCode.Success, code);
        Assert.Contains("Tells a day's weather from a note.", printed, StringComparison.Ordinal);
        Assert.Matches("«(sunny|rainy)", printed);
    }

    [Fact]
    public async Task A_terminal_shows_a_live_bar()
    {
        using var runs = new TempFolder();
        var (code, printed) = await Desk.RunOnTerminalAsync("train", "tiny", "--out", runs.Path, "--set", "budget.steps=2");
        Assert.True(code == ExitCode.Success, printed);
        Assert.Contains("training 2/2", printed, StringComparison.Ordinal);
        (code, printed) = await Desk.RunOnTerminalAsync("evaluate", runs.In("tiny"), "--prompt", "weather");
        Assert.True(code == ExitCode.Success, printed);

        // A run is measured by what it was trained on, wherever its folder is named; what is asked for comes besides.
        foreach (var folder in (string[])[runs.In("tiny"), runs.In("tiny", "best")])
        {
            (code, printed) = await Desk.RunAsync("evaluate", folder, "--limit", "1");
            Assert.True(code == ExitCode.Success, printed);
            Assert.DoesNotContain("weather_short", printed, StringComparison.Ordinal);
        }

        (code, printed) = await Desk.RunAsync("evaluate", runs.In("tiny"), "--limit", "1", "--prompt", "weather_short");
        Assert.True(code == ExitCode.Success, printed);
        Assert.Contains("weather_short", printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_per_task_answers_its_task_and_a_row_of_recipes_goes_on()
    {
        using var runs = new TempFolder();
        var (code, printed) = await Desk.RunAsync("train", "tiny_each", "--out", runs.Path);
        Assert.True(code == ExitCode.Success, printed);
        Assert.Matches("weather_short .* zh .* accuracy", printed);

        // tiny never began, tiny_each is done.
        (code, printed) = await Desk.RunAsync("train", "tiny", "tiny_each", "--resume", "--out", runs.Path);
        Assert.True(code == ExitCode.Success, printed);
        Assert.True(File.Exists(runs.In("tiny", "best", "config.json")));
        Assert.False(Directory.Exists(runs.In("tiny_each.1")));

        (code, printed) = await Desk.RunAsync("evaluate", runs.In("tiny_each"), runs.In("tiny_each", "weather"), "--limit", "2");
        Assert.True(code == ExitCode.Success, printed);
        Assert.DoesNotContain("validity", printed, StringComparison.Ordinal);
        string[] measure = ["evaluate", runs.In("tiny_each"), "--limit", "2", "--set"];
        (code, printed) = await Desk.RunAsync([.. measure, "constrained=false", "--set", "decoding.beam.width=2"]);
        Assert.True(code == ExitCode.Success, printed);
        Assert.Matches("weather_short .* zh .* validity", printed);
        (code, printed) = await Desk.RunAsync([.. measure, "decoding=bean"]);
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Contains("decoding: 'bean' is no decoding method; did you mean 'beam'?", printed, StringComparison.Ordinal);
        (code, printed) = await Desk.RunAsync(
            "predict",
            runs.In("tiny_each"),
            "weather_short",
            "--language",
            "zh",
            "--input",
            """{"note": "太阳晒了一整天。"}"""
        );
        Assert.True(code == ExitCode.Success, printed);
        Assert.Contains(printed.Trim(), (string[])["晴", "雨"]);
    }

    [Fact]
    public async Task A_model_is_trained_measured_and_asked()
    {
        using var runs = new TempFolder();
        var (code, printed) = await Desk.RunAsync("train", "tiny", "--out", runs.Path, "--set", "budget.steps=2");
        Assert.True(code == ExitCode.Success, printed);
        Assert.Contains("macro_f1", printed, StringComparison.Ordinal);
        Assert.Contains("Recipe as run", await File.ReadAllTextAsync(runs.In("tiny", "report.html")), StringComparison.Ordinal);

        foreach (var (decoding, type) in Words.Loaded.Choices(typeof(DecodingMethod)))
        {
            if (Words.Properties(type).Any(Words.IsRequired))
                continue; // It is nothing without settings.
            (code, printed) = await Desk.RunAsync(
                "predict",
                runs.In("tiny"),
                "weather",
                "--input",
                """{"note": "Sun."}""",
                "--set",
                $"decoding={decoding}"
            );
            Assert.True(code == ExitCode.Success, printed);
            Assert.Contains(printed.Trim(), (string[])["sunny", "rainy"]);
        }

        // An answer to a test record is as confident as one that was measured.
        var measured = new RunFolder(runs.In("tiny")).ReadEvaluation().After!.Tasks[0];
        string[] scored = ["predict", runs.In("tiny"), "weather", "--scores", "--input", measured.Samples[0].Input];
        (code, printed) = await Desk.RunAsync(scored);
        Assert.True(code == ExitCode.Success, printed);
        var json = JsonNode.Parse(printed)!.AsObject();
        var labels = json["labels"]!.AsObject().ToDictionary(l => l.Key, l => (double)l.Value!);
        Assert.Equal(["rainy", "sunny"], labels.Keys.Order());
        Assert.InRange(labels.Values.Sum(), 0.1, 1.0001);
        Assert.Equal((double)json["confidence"]!, labels[(string)json["record"]!["sky"]!], 1e-4);
        var alike = Torch.Evaluation.Calibration.Of(measured.Answers)![(double)json["confidence"]!]!;
        Assert.Equal((alike.Right, alike.Count), ((double)json["calibrated"]!, (int)json["calibrated_by"]!));
        (_, printed) = await Desk.RunAsync([.. scored, "--set", "decoding=by_likelihood"]);
        Assert.DoesNotContain("calibrated", printed, StringComparison.Ordinal); // Nothing was measured in this way.

        var input = Console.In;
        try
        {
            Console.SetIn(new StringReader("""{"note": "Sun."}""" + "\n{\"nota\": 1}\n"));
            (code, printed) = await Desk.RunAsync("predict", runs.In("tiny"), "weather");
        }
        finally
        {
            Console.SetIn(input);
        }

        Assert.Equal(ExitCode.Mistake, code);
        Assert.Matches("""^\{"note":"Sun\.","sky":"(sunny|rainy)"\}\n\{"error":"standard input\(2\): .*did you mean 'note'""", printed);

        (code, printed) = await Desk.RunAsync(
            "predict",
            runs.In("tiny"),
            "weather",
            "--input",
            $$"""{"note": "{{new string('x', 100_000)}}"}"""
        );
        Assert.Equal(ExitCode.Mistake, code); // Not an empty line and no error.
        Assert.Contains("tokens; with its answer the model can read at most", printed, StringComparison.Ordinal);

        (code, printed) = await Desk.RunAsync("predict", runs.In("tiny"), "weather", "--input", """{"note": 5}""");
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Contains("note", printed, StringComparison.Ordinal);

        await File.WriteAllTextAsync(runs.In("tiny", "evaluation.json"), "{");
        (code, printed) = await Desk.RunAsync("report", runs.In("tiny"));
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Contains("evaluation.json: error: this is not what a run writes", printed, StringComparison.Ordinal);
    }
}
