using System.Text.Json.Nodes;
using TaskDsl.App.Sessions;
using TaskDsl.Data;
using TaskDsl.Data.Sources;
using TaskDsl.Tasks;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Groupings;
using TaskDsl.Torch.Pipelines;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Runs;

namespace TaskDsl.App.Tests;

/// <summary>
/// Runs that make several models: one for each town, where the same notes have another sky in each, so that only the right model knows.
/// </summary>
public sealed class SeveralModelsTests
{
    private static readonly string[] Models = ["town=..%2Fetc", "town=North%20Bay", "town=Ost"];

    private static string[] Train(TempFolder runs, params string[] more) =>
        [
            "train",
            "tiny",
            "--out",
            runs.Path,
            "--set",
            "tasks=[town_sky]",
            "--set",
            "budget.epochs=null",
            "--set",
            "budget.steps=30",
            .. more,
        ];

    private static string[] OfTowns(TempFolder runs, params string[] more) =>
        Train(runs, ["--set", "one_model_per.values_of=town", .. more]);

    [Fact]
    public async Task Each_value_of_a_field_has_a_model_that_answers_its_records()
    {
        using var runs = new TempFolder();
        var (code, printed) = await Desk.RunAsync(OfTowns(runs));
        Assert.True(code == ExitCode.Success, printed);
        var run = runs.In("tiny");
        Assert.All(Models, model => Assert.True(File.Exists(Path.Combine(run, model, "best", "config.json")), model));
        Assert.Equal(Models, RunRecord.Read(new RunFolder(run)).Parts);

        // One row: nine are answered by the model of their town, of two the town has none.
        var report = Assert.Single(new RunFolder(run).ReadEvaluation().After!.Tasks);
        Assert.Equal((11, 9, 2), (report.Examples, report.Outcomes["right"], report.Outcomes[Evaluator.NoModel]));
        Assert.Contains(
            "no model was trained for the town 'Nowhere'",
            string.Join('\n', report.Samples.Select(s => s.Error)),
            StringComparison.Ordinal
        );
        var page = await File.ReadAllTextAsync(Path.Combine(run, "report.html"));
        Assert.Contains("2 questions were of a value that no model was trained for", page, StringComparison.Ordinal);
        Assert.Contains("town=Ost", page, StringComparison.Ordinal);
        Assert.Contains("one_model_per", page, StringComparison.Ordinal);

        // Measured again, and by one of the models alone, which knows nothing of the other towns.
        (code, printed) = await Desk.RunAsync("evaluate", run, Path.Combine(run, Models[1]), "--prompt", "town_sky");
        Assert.True(code == ExitCode.Success, printed);
        Assert.Matches(@"town_sky .* accuracy .* 0\.818 .* 0\.364 ", printed);

        // Asked.
        Assert.Equal("sunny", await Answer("""{"note": "The same.", "town": "Ost"}"""));
        Assert.Equal("rainy", await Answer("""{"note": "The same.", "town": "North Bay"}"""));
        Assert.Equal("sunny", await Answer("""{"note": "The same.", "town": "../etc"}"""));
        Assert.Contains("no model was trained for the town 'Nowhere'", await Refused("""{"note": "The same.", "town": "Nowhere"}"""));
        Assert.Contains("no model was trained for the town 'ost'", await Refused("""{"note": "The same.", "town": "ost"}"""));
        Assert.Contains("'town' is empty, and says which model answers", await Refused("""{"note": "The same.", "town": " "}"""));
        Assert.Contains("'town' is empty, and says which model answers", await Refused("""{"note": "The same."}"""));

        // With the probabilities that the model of its value gives.
        foreach (var (town, model) in new[] { ("Ost", Models[2]), ("North Bay", Models[1]) })
        {
            var of = $$"""{"note": "The same.", "town": "{{town}}"}""";
            var scored = JsonNode.Parse(await Answer(of, "--scores"))!;
            (_, printed) = await Desk.RunAsync("predict", Path.Combine(run, model), "town_sky", "--scores", "--input", of);
            Assert.Equal($"{JsonNode.Parse(printed)!["labels"]}", $"{scored["labels"]}");
            Assert.Equal(2, scored["labels"]!.AsObject().Count);
        }

        // Of many each stands in its place, whatever its model.
        var standardInput = Console.In;
        try
        {
            Console.SetIn(
                new StringReader(
                    string.Join(
                        '\n',
                        ((string[])["Ost", "Nowhere", "North Bay", "Ost"]).Select(town => $$"""{"note": "x", "town": "{{town}}"}""")
                    )
                )
            );
            (code, printed) = await Desk.RunAsync("predict", run, "town_sky");
        }
        finally
        {
            Console.SetIn(standardInput);
        }

        Assert.Equal(ExitCode.Mistake, code);
        Assert.Matches("^.*Ost.*sunny.*\n.*error.*Nowhere.*\n.*North Bay.*rainy.*\n.*Ost.*sunny.*\n.*1 line has no answer", printed);

        // One model is meant.
        (code, printed) = await Desk.RunAsync("merge", run, "--out", runs.In("merged"));
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Contains("has several models (one_model_per)", printed.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Contains("town=Ost", printed.ReplaceLineEndings(" "), StringComparison.Ordinal);

        async Task<string> Answer(string input, params string[] more)
        {
            var (code, printed) = await Desk.RunAsync(["predict", run, "town_sky", "--input", input, .. more]);
            Assert.True(code == ExitCode.Success, printed);
            return printed.Trim();
        }

        async Task<string> Refused(string input)
        {
            var (code, printed) = await Desk.RunAsync("predict", run, "town_sky", "--input", input);
            Assert.Equal(ExitCode.Mistake, code);
            return printed.ReplaceLineEndings(" ");
        }
    }

    [Fact]
    public async Task A_run_of_several_goes_on_where_it_stopped()
    {
        using TempFolder whole = new(),
            cut = new();
        foreach (var runs in (TempFolder[])[whole, cut])
        {
            var (trained, said) = await Desk.RunAsync(OfTowns(runs));
            Assert.True(trained == ExitCode.Success, said);
        }

        // As a kill leaves it behind the first model.
        File.Delete(cut.In("tiny", "evaluation.json"));
        foreach (var model in Models[1..])
            Directory.Delete(cut.In("tiny", model), recursive: true);
        var first = File.GetLastWriteTimeUtc(cut.In("tiny", Models[0], "best", "model.safetensors"));

        var (code, printed) = await Desk.RunAsync(Train(cut, "--resume", "--set", "one_model_per.values_of=note"));
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Contains("recipe.one_model_per.values_of.field: was \"town\", is \"note\"", printed, StringComparison.Ordinal);

        (code, printed) = await Desk.RunAsync(OfTowns(cut, "--resume"));
        Assert.True(code == ExitCode.Success, printed);
        Assert.Equal(first, File.GetLastWriteTimeUtc(cut.In("tiny", Models[0], "best", "model.safetensors")));
        foreach (var model in Models)
            Assert.Equal(
                await File.ReadAllBytesAsync(whole.In("tiny", model, "best", "model.safetensors")),
                await File.ReadAllBytesAsync(cut.In("tiny", model, "best", "model.safetensors"))
            );
        Assert.Equal(
            await File.ReadAllTextAsync(whole.In("tiny", "evaluation.json")),
            await File.ReadAllTextAsync(cut.In("tiny", "evaluation.json"))
        );
    }

    [Fact]
    public async Task What_is_trained_on_needs_a_value()
    {
        using var runs = new TempFolder();
        var (code, printed) = await Desk.RunAsync(OfTowns(runs, "--set", "tasks.0.prompt=weather"));
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Contains(
            "one_model_per: the input of the task 'weather' has no field 'town' that is a text or a label; expected one of note",
            printed,
            StringComparison.Ordinal
        );
        (code, printed) = await Desk.RunAsync("plan", "tiny", "--set", "tasks=[town_sky]", "--set", "one_model_per.values_of=town");
        Assert.True(code == ExitCode.Success, printed);
        Assert.All(Models, model => Assert.Contains(model, printed, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_example_to_be_trained_on_without_a_value_ends_the_run_and_ModelFor_asks_for_the_input()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.In("more.jsonl"), "{\"note\": \"Sun on the roofs.\", \"town\": \"Ost\", \"sky\": \"sunny\"}\n");
        var prompt = TownSkyPrompt.Default;
        var recipe = Recipes.Tiny with
        {
            Tasks = [new TaskShare(prompt)],
            OneModelPer = new ValuesOf { Field = "town" },
            Budget = new Budget { Steps = 2 },
        };
        var options = new RunOptions
        {
            RunsDirectory = folder.Path,
            Examples = [new TaskExamples("town_sky", [new JsonLines { Path = folder.In("more.jsonl") }], Gold: false)],
            Evaluate = false,
        };
        using (var run = await recipe.RunAsync(options))
        {
            Assert.Equal(["town=Ost"], run.Parts.Select(part => part.Name));
            Assert.Same(run.Parts[0].Model, run.ModelFor(prompt, new TownSky.Input("x", "Ost")));
            Assert.Throws<InvalidOperationException>(() => run.ModelFor(prompt, new TownSky.Input("x", "ost")));
            Assert.Throws<InvalidOperationException>(() => run.ModelFor(prompt));
            Assert.Throws<InvalidOperationException>(() => run.Model);
        }

        await File.AppendAllTextAsync(folder.In("more.jsonl"), "{\"note\": \"Sun.\", \"sky\": \"sunny\"}\n");
        var error = await Assert.ThrowsAsync<DataException>(() => recipe.RunAsync(options));
        Assert.Contains("more.jsonl(2): error: 'town' is empty here, so that the example belongs to no model", error.Message);
    }

    [Theory]
    [InlineData("fused", "has several models (one_model_per), and here one is meant")]
    [InlineData("more", "has several models (one_model_per), and here one is meant")]
    [InlineData("regrouped", "one_model_per: the group 'a' needs a task")]
    public async Task Where_one_model_is_meant_several_are_refused(string name, string expected)
    {
        using var folder = new TempFolder();
        var tiny = Recipes.Tiny with
        {
            Tasks = [new TaskShare(TownSkyPrompt.Default)],
            Budget = new Budget { Steps = 1 },
        };
        Step wrong = name switch
        {
            "fused" => new FuseStep { Model = "$own", Minus = "$own" },
            "more" => new TrainStep { Recipe = tiny, Model = "$own" },
            _ => new TrainStep
            {
                Recipe = tiny with { OneModelPer = new Groups { Tasks = new Dictionary<string, IReadOnlyList<DslTask>> { ["a"] = [] } } },
            },
        };
        var pipeline = new Pipeline
        {
            Name = "wrong",
            Steps = new Dictionary<string, PipelineStep>
            {
                ["own"] = new() { Verb = new TrainStep { Recipe = tiny with { OneModelPer = new ValuesOf { Field = "town" } } } },
                [name] = new() { Verb = wrong },
            },
        };
        var error = await Assert.ThrowsAnyAsync<Exception>(() =>
            pipeline.RunAsync(
                new PipelineOptions
                {
                    Runs = new RunOptions { ProjectDirectory = TaskCatalog.Default.ProjectDirectory, RunsDirectory = folder.Path },
                }
            )
        );
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_a_pipeline_the_model_of_its_value_answers_each_record()
    {
        using var runs = new TempFolder();
        var (code, printed) = await Desk.RunAsync("run", "towns", "--out", runs.Path);
        Assert.True(code == ExitCode.Success, printed);
        var steps = Directory
            .GetFiles(runs.In("towns"), "step.json", SearchOption.AllDirectories)
            .Select(file => JsonNode.Parse(File.ReadAllText(file))!)
            .ToDictionary(step => (string)step["step"]!);
        Assert.Equal(2, (int)steps["scores"]["counts"]!["questions that no model is for"]!);
        // Those of the training part all have a model, and all answers are those of their towns.
        var written = Directory.GetFiles(runs.In("towns", "written"), "examples.en.jsonl", SearchOption.AllDirectories);
        var made = File.ReadLines(Assert.Single(written)).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(30, made.Count);
        Assert.All(made, record => Assert.Equal((string?)record["town"] == "North Bay" ? "rainy" : "sunny", (string?)record["sky"]));
        Assert.All(made, record =>
        {
            var scores = record["$scores"]!.AsObject().ToDictionary(score => score.Key, score => (double)score.Value!);
            Assert.Equal(["rainy", "sunny"], scores.Keys.Order(StringComparer.Ordinal));
            Assert.Equal((double)record["$confidence"]!, scores[(string)record["sky"]!], 1e-4);
        });
        Assert.Equal(30, (int)steps["sure"]["counts"]!["examples"]!);
        Assert.Equal(steps["likely"]["counts"]!["records"]!.GetValue<int>(), steps["likely"]["counts"]!["examples"]!.GetValue<int>());
        Assert.True(Directory.GetDirectories(runs.In("towns", "grouped"), "towns", SearchOption.AllDirectories).Length > 0);
    }

    [Theory]
    [InlineData(ExitCode.Success, "own", "--set", "own.one_model_per.values_of=note")]
    [InlineData(ExitCode.Success, "all", "--set", "all.one_model_per.values_of=town")]
    [InlineData(
        ExitCode.Mistake,
        "one_model_per: the input of the task 'town_sky' has no field 'twon'",
        "--set",
        "all.one_model_per.values_of=twon"
    )]
    [InlineData(ExitCode.Mistake, "did you mean 'values_of'?", "--set", "all.one_model_per.value_of=town")]
    [InlineData(ExitCode.Mistake, "values_of needs 'field'; write", "--set", "all.one_model_per=values_of")]
    public async Task A_step_is_set_to_a_model_for_each_value(int expected, string told, params string[] args)
    {
        using var runs = new TempFolder();
        var (code, printed) = await Desk.RunAsync(["run", "towns", "--dry", "--out", runs.Path, .. args]);
        Assert.Equal(expected, code);
        Assert.Contains(told, printed, StringComparison.Ordinal);
        TestContext.Current.TestOutputHelper!.WriteLine(printed);
    }
}
