using System.Text.Json.Nodes;
using Spectre.Console;
using TaskDsl.App.Sessions;
using TaskDsl.Data.Stages;
using TaskDsl.Tasks;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Pipelines;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Runs;
using TaskDsl.Torch.Training;
using TaskDsl.Torch.Tuning;

namespace TaskDsl.App.Tests;

/// <summary>Self-training with a model of some thousand weights: train, generate, filter, join, train, evaluate, expect.</summary>
public sealed class PipelineTests
{
    private static readonly string[] Steps = ["teacher", "labelled", "both", "student", "scores"];

    [Fact]
    public async Task A_folder_that_is_a_recipes_run_is_not_written_into()
    {
        using var runs = new TempFolder();
        Directory.CreateDirectory(runs.In("self_training"));
        await File.WriteAllTextAsync(runs.In("self_training", "run.json"), "{}");
        var (code, printed) = await Desk.RunAsync("run", "self_training", "--out", runs.Path);
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Contains("is the run of a recipe of that name", printed.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Equal(["run.json"], Directory.GetFileSystemEntries(runs.In("self_training")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Runs_once_and_again_only_what_an_edit_touches()
    {
        using var runs = new TempFolder();
        var (code, printed) = await Desk.RunAsync("run", "self_training", "--out", runs.Path);
        Assert.True(code == ExitCode.Success, printed);
        Assert.Contains("holds: scores.student.accuracy ~> -1", printed, StringComparison.Ordinal);
        Assert.Contains("it has not run yet", printed, StringComparison.Ordinal);
        var first = Finished(runs);
        Assert.Equal(Steps.Order(StringComparer.Ordinal), first.Keys.Select(path => path.Split('/')[0]).Order(StringComparer.Ordinal));

        // Each record with its origin and confidence; what the stage left out is counted.
        var labelled = File.ReadLines(runs.In("self_training", Folder(first, "labelled"), "examples.en.jsonl")).Select(Record).ToList();
        Assert.Equal(
            ["desk/unlabelled.jsonl(1)", "desk/unlabelled.jsonl(2)", "desk/unlabelled.jsonl(4)"],
            labelled.Select(r => (string?)r["$origin"])
        );
        Assert.All(labelled, record => Assert.InRange((double)record["$confidence"]!, 0, 1));
        var counts = Record(first[Path.Combine(Folder(first, "labelled"), "step.json")])["counts"]!;
        Assert.Equal((4, 3), ((int)counts["records"]!, (int)counts["examples"]!));

        // The page has each step in the graph, what it made of what, and what is expected.
        var page = await File.ReadAllTextAsync(runs.In("self_training", "report.html"));
        Assert.Equal(Steps.Length, Count(page, "<g class=\"box\">"));
        Assert.Equal(6, Count(page, "class=\"edge\"")); // labelled 1, both 1, student 2, scores 2
        Assert.All(Steps, step => Assert.Contains($">{step}</text>", page, StringComparison.Ordinal));
        Assert.Contains("desk/unlabelled.jsonl(4), confidence 0.", page, StringComparison.Ordinal);
        Assert.Contains("<code>scores.student.accuracy ~&gt; -1</code> holds", page, StringComparison.Ordinal);
        Assert.Contains("<span class=\"status finished\">", page, StringComparison.Ordinal);
        Assert.Contains("<th scope=\"row\" data-label=\"task\">weather</th>", page, StringComparison.Ordinal);

        // Joined with others they still say where they are from.
        var joining = File.ReadLines(runs.In("self_training", Folder(first, "both"), "examples.en.jsonl")).Select(Record);
        var made = joining.Where(r => ((string)r["$origin"]!)[0] == '$').ToList();
        Assert.Equal(["$labelled(1)", "$labelled(2)", "$labelled(3)"], made.Select(r => (string?)r["$origin"]));
        Assert.Equal(labelled.Select(r => (double?)r["$confidence"]), made.Select(r => (double?)r["$confidence"]));

        // The student has learnt from both and from nothing else; it is watched and measured by the task's own.
        var (teacher, student) = (Train(runs, first, "teacher"), Train(runs, first, "student"));
        var joined = Directory.GetFiles(runs.In("self_training", Folder(first, "both")), "examples.*").Sum(f => File.ReadLines(f).Count());
        Assert.Equal(joined, (int)student["train"]!);
        Assert.InRange(joined, (int)teacher["train"]! + 3, (int)teacher["train"]! + 3 + 6);
        Assert.Equal((int)teacher["test"]!, (int)student["test"]!);
        Assert.Equal((int)teacher["validation"]!, (int)student["validation"]!);

        // Nothing again.
        (code, printed) = await Desk.RunAsync("run", "self_training", "--out", runs.Path);
        Assert.Equal(ExitCode.Success, code);
        Assert.DoesNotContain("it has not run yet", printed, StringComparison.Ordinal);
        Assert.Equal(first, Finished(runs));

        // What would run, and why.
        string[] edited = ["run", "self_training", "--out", runs.Path, "--set", "student.seed=2"];
        (code, printed) = await Desk.RunAsync([.. edited, "--dry"]);
        Assert.Equal(ExitCode.Success, code);
        Assert.Equal(1, Count(printed, "changed: its definition"));
        Assert.Equal(1, Count(printed, "changed: $student"));
        Assert.Equal(first, Finished(runs));

        // The step and what depends on it; what was there before is still there.
        (code, printed) = await Desk.RunAsync(edited);
        Assert.True(code == ExitCode.Success, printed);
        var second = Finished(runs);
        Assert.Equal(first, second.Where(f => first.ContainsKey(f.Key)).ToDictionary());
        Assert.Equal(["scores", "student"], second.Keys.Except(first.Keys).Select(p => p.Split('/')[0]).Order(StringComparer.Ordinal));

        // A step and all behind it, though nothing has changed. The bytes are the same.
        var answers = await File.ReadAllBytesAsync(runs.In("self_training", Folder(first, "labelled"), "examples.en.jsonl"));
        Directory.CreateDirectory(runs.In("self_training", Folder(first, "labelled") + ".part", "left by a kill"));
        (code, printed) = await Desk.RunAsync("run", "self_training", "--out", runs.Path, "--from", "labelled");
        Assert.True(code == ExitCode.Success, printed);
        Assert.Contains("it is asked for", printed, StringComparison.Ordinal);
        Assert.Contains("$labelled runs again", printed, StringComparison.Ordinal);
        Assert.Equal(answers, await File.ReadAllBytesAsync(runs.In("self_training", Folder(first, "labelled"), "examples.en.jsonl")));
        Assert.Empty(Directory.GetDirectories(runs.In("self_training"), "*.part", SearchOption.AllDirectories));
        var changed = Finished(runs).Where(f => second[f.Key] != f.Value).Select(f => f.Key.Split('/')[0]).Order(StringComparer.Ordinal);
        Assert.Equal(["both", "labelled", "scores", "student"], changed);

        // What does not hold ends with 1, in words.
        (code, printed) = await ExpectingAsync(
            runs,
            "scores.student.accuracy ~> 2",
            "scores.student.weather.en.accuracy > scores.teacher.accuracy"
        );
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Contains("does not hold: scores.student.accuracy ~> 2  (", printed, StringComparison.Ordinal);
        Assert.Contains("too few examples to tell", printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_step_that_is_interrupted_goes_on_to_the_same_bytes()
    {
        using var runs = new TempFolder();
        using var whole = new TempFolder();
        using var source = new CancellationTokenSource();
        var stop = new Progress(p =>
        {
            // It is the fourth of five that have never run, so that nothing is known of times.
            if (p is { Part: "student (4 of 5)", Phase: RunPhase.Training, Step: 2 })
                source.Cancel();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Pipelines.SelfTraining.RunAsync(In(runs), stop, source.Token));
        var left = Finished(runs);
        Assert.Equal(["both", "labelled", "teacher"], left.Keys.Select(p => p.Split('/')[0]).Order(StringComparer.Ordinal));
        Assert.Equal("it was interrupted, and goes on", Pipelines.SelfTraining.Plan(In(runs)).Single(s => s.Name == "student").Why);

        var finished = await Pipelines.SelfTraining.RunAsync(In(runs), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(left, Finished(runs).Where(f => left.ContainsKey(f.Key)).ToDictionary());
        var plain = await Pipelines.SelfTraining.RunAsync(In(whole), cancellationToken: TestContext.Current.CancellationToken);
        var (resumed, straight) = (finished.Steps.Single(s => s.Name == "student"), plain.Steps.Single(s => s.Name == "student"));
        Assert.Equal(1, (int)Record(await File.ReadAllTextAsync(Path.Combine(resumed.Folder, "tiny", "run.json")))["resumed"]!);
        Assert.Equal(Weights(straight), Weights(resumed));

        static PipelineOptions In(TempFolder folder) => new() { Runs = new RunOptions { RunsDirectory = folder.Path } };

        static byte[] Weights(PlannedStep step) => File.ReadAllBytes(Path.Combine(step.Folder, "tiny", "best", "model.safetensors"));
    }

    /// <summary>An adapter on a step's model, and training on from it: the folders are found wherever they were written.</summary>
    [Fact]
    public async Task A_model_of_a_step_is_tuned_on_by_others()
    {
        using var runs = new TempFolder();
        var recipe = Recipes.Tiny with
        {
            Budget = new() { Steps = 2 },
            Summary = "Made in C#.",
        };
        var prompted = new PromptedTask(WeatherPrompt.Default);
        var pipeline = new Pipeline
        {
            Name = "chain",
            Steps = new Dictionary<string, PipelineStep>
            {
                // Not in the order that they run in.
                ["scores"] = new()
                {
                    Verb = new EvaluateStep
                    {
                        Models = ["$base", "$tuned", "$on"],
                        Tasks = [prompted],
                        Limit = 2,
                    },
                },
                ["on"] = new()
                {
                    Verb = new TrainStep { Recipe = recipe with { Tuning = new Lora { Rank = 2 } }, Model = "$tuned" },
                },
                ["tuned"] = new()
                {
                    Verb = new TrainStep { Recipe = recipe with { Tuning = new Lora { Rank = 2 } }, Model = "$base" },
                },
                ["base"] = new() { Verb = new TrainStep { Recipe = recipe } },
            },
        };
        var options = new PipelineOptions
        {
            Runs = new RunOptions { RunsDirectory = runs.Path, ProjectDirectory = TaskCatalog.Default.ProjectDirectory },
        };
        var finished = await pipeline.RunAsync(options, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(["base", "tuned", "on", "scores"], finished.Steps.Select(s => s.Name));
        Assert.Equal(["base", "tuned", "on", "majority", "random"], finished.Steps[^1].Table!.Columns.Keys);
        Assert.True(File.Exists(Path.Combine(finished.Steps[1].Folder, "tiny", "best", "adapter_config.json")));

        // What does not shape a result runs nothing again; a recipe's other seed does, and says so.
        var steps = pipeline.Steps.ToDictionary();
        steps["base"] = new() { Verb = new TrainStep { Recipe = recipe with { Summary = "Otherwise.", Device = "auto" } } };
        Assert.All((pipeline with { Steps = steps }).Plan(options), step => Assert.Null(step.Why));
        steps["tuned"] = new()
        {
            Verb = new TrainStep { Recipe = recipe with { Seed = 9 }, Model = "$base" },
        };
        Assert.Equal(
            [null, "changed: its definition", "changed: $tuned", "changed: $tuned, $on"],
            (pipeline with { Steps = steps }).Plan(options).Select(s => s.Why)
        );
    }

    [Fact]
    public async Task A_step_that_fails_says_which_and_loses_nothing_that_is_finished()
    {
        using var runs = new TempFolder();
        var (teacher, labelled) = (Pipelines.SelfTraining.Steps["teacher"], Pipelines.SelfTraining.Steps["labelled"]);
        var options = new PipelineOptions { Runs = new RunOptions { RunsDirectory = runs.Path } };
        var nothing = Pipelines.SelfTraining with
        {
            Expect = [],
            Steps = new Dictionary<string, PipelineStep>
            {
                ["teacher"] = teacher,
                ["labelled"] = labelled with { Stages = [new Filter { Where = Condition.Of<Weather.Example>(_ => false, "false") }] },
            },
        };
        var error = await Assert.ThrowsAsync<RunException>(() => nothing.RunAsync(options));
        Assert.StartsWith(
            "step 'labelled': it makes no example: records 4, left out: filter: not false 4",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Single(Finished(runs));

        // A file of other records.
        var wrong = runs.In("wrong.jsonl");
        await File.WriteAllTextAsync(wrong, """{"notes": "Rain."}""", TestContext.Current.CancellationToken);
        var steps = new Dictionary<string, PipelineStep>(nothing.Steps)
        {
            ["labelled"] = labelled with { Verb = (GenerateStep)labelled.Verb with { From = wrong } },
        };
        error = await Assert.ThrowsAsync<RunException>(() => (nothing with { Steps = steps }).RunAsync(options));
        Assert.Contains("wrong.jsonl(1): error: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("did you mean 'note'?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_kill_left_between_two_renames_is_taken()
    {
        using var runs = new TempFolder();
        Assert.Equal(ExitCode.Success, (await Desk.RunAsync("run", "self_training", "--out", runs.Path)).Code);
        var before = Finished(runs);
        var teacher = runs.In("self_training", Folder(before, "teacher"));
        Directory.Move(teacher, teacher + ".part");
        Directory.CreateDirectory(teacher + ".old");
        var (code, printed) = await Desk.RunAsync("run", "self_training", "--out", runs.Path);
        Assert.True(code == ExitCode.Success, printed);
        Assert.Equal(before, Finished(runs));
        Assert.False(Directory.Exists(teacher + ".old"));
    }

    [Theory]
    [InlineData(ExitCode.Usage, "run needs a pipeline; expected one of rounds, self_training, taught, towns.")]
    [InlineData(ExitCode.Mistake, "there is no pipeline 'self_trainin'; did you mean 'self_training'?", "self_trainin")]
    [InlineData(ExitCode.Mistake, "has no step 'techer'; did you mean 'teacher'?", "self_training", "--from", "techer")]
    [InlineData(ExitCode.Mistake, "begins with no step of 'self_training'", "self_training", "--set", "techer.seed=1")]
    [InlineData(ExitCode.Mistake, "'sed' is not a property of recipe; did you mean 'seed'?", "self_training", "--set", "teacher.sed=1")]
    [InlineData(
        ExitCode.Mistake,
        "student.model: there is no step 'techer'; did you mean 'teacher'?",
        "self_training",
        "--set",
        "student.model=$techer"
    )]
    [InlineData(ExitCode.Mistake, "'$scores' makes 'table' where 'model' is expected", "self_training", "--set", "student.model=$scores")]
    [InlineData(
        ExitCode.Mistake,
        "step 'teacher': train.languages: no task is given in 'fr'; expected one of",
        "self_training",
        "--set",
        "teacher.languages=[fr]"
    )]
    [InlineData(
        ExitCode.Mistake,
        "step 'teacher': train.batch.rows: 0 is not allowed; expected 1 to",
        "self_training",
        "--set",
        "teacher.batch.rows=0"
    )]
    [InlineData(
        ExitCode.Mistake,
        "step 'teacher': optimizer.learning_rat: 'learning_rat' is no optimizer; did you mean 'learning_rate'?",
        "self_training",
        "--set",
        "teacher.optimizer.learning_rat=1"
    )]
    [InlineData(ExitCode.Mistake, "teacher -> student -> teacher wait for each other", "self_training", "--set", "teacher.model=$student")]
    public async Task A_mistake_is_told_before_anything_runs(int expected, string message, params string[] args)
    {
        using var runs = new TempFolder();
        var (code, printed) = await Desk.RunAsync(["run", .. args, "--out", runs.Path]);
        Assert.Equal(expected, code);
        Assert.Contains(message, printed, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(runs.Path, "step.json", SearchOption.AllDirectories));
    }

    private static async Task<(int Code, string Printed)> ExpectingAsync(TempFolder runs, params string[] expected)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text), ColorSystem = ColorSystemSupport.NoColors }
        );
        console.Profile.Width = 200;
        var given = TaskCatalog.Default;
        var catalog = new Catalog
        {
            Tasks = given.Tasks,
            Prompts = given.Prompts,
            Definitions = [Pipelines.SelfTraining with { Expect = expected }],
            Assembly = given.Assembly,
        };
        return (await TaskApp.RunAsync(["run", "self_training", "--out", runs.Path], catalog, console), text.ToString());
    }

    private sealed class Progress(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }

    /// <summary>The records of finished steps, by their paths.</summary>
    private static Dictionary<string, string> Finished(TempFolder runs) =>
        Directory
            .GetFiles(runs.In("self_training"), "step.json", SearchOption.AllDirectories)
            .ToDictionary(file => Path.GetRelativePath(runs.In("self_training"), file), File.ReadAllText);

    private static string Folder(Dictionary<string, string> finished, string step) =>
        Path.GetDirectoryName(finished.Keys.Single(path => path.StartsWith($"{step}/", StringComparison.Ordinal)))!;

    private static JsonNode Train(TempFolder runs, Dictionary<string, string> finished, string step) =>
        Record(File.ReadAllText(runs.In("self_training", Folder(finished, step), "tiny", "run.json")))["data"]!["weather"]!;

    private static JsonNode Record(string json) => JsonNode.Parse(json)!;

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
