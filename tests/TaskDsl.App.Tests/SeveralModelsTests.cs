using System.Text.Json.Nodes;
using TaskDsl.App.Sessions;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Runs;

namespace TaskDsl.App.Tests;

/// <summary>
/// Runs that make several models: one for each town, where the same notes have another sky in each town, so that only the right model knows.
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

        async Task<string> Answer(string input)
        {
            var (code, printed) = await Desk.RunAsync("predict", run, "town_sky", "--input", input);
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
        Assert.Equal(30, (int)steps["sure"]["counts"]!["examples"]!);
        Assert.Equal(steps["likely"]["counts"]!["records"]!.GetValue<int>(), steps["likely"]["counts"]!["examples"]!.GetValue<int>());
        Assert.True(Directory.GetDirectories(runs.In("towns", "grouped"), "towns", SearchOption.AllDirectories).Length > 0);

        // What a recipe says of one model or one for each task has the hash that it had before groups.
        var recipe = steps["all"]["shape"]!["step"]!["verb"]!["train"]!["recipe"]!.AsObject();
        Assert.False((bool)recipe["one_model_per_task"]!);
        Assert.False(recipe.ContainsKey("one_model_per"));
        Assert.Equal(recipe.IndexOf("corpus") + 1, recipe.IndexOf("one_model_per_task"));
        Assert.True(steps["own"]["shape"]!["step"]!["verb"]!["train"]!["recipe"]!.AsObject().ContainsKey("one_model_per"));
    }
}
