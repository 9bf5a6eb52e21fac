using System.Text.Json.Nodes;
using TaskDsl.Data.Sources;
using TaskDsl.Tasks;
using TaskDsl.Torch.Batches.Sources;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Pipelines;
using TaskDsl.Torch.Pipelines.Curating;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace TaskDsl.App.Tests;

/// <summary>Examples of one task that become those of another, and what is taken where several have the same input.</summary>
public sealed class OtherTasksTests(GenerateStepTests.Trained trained) : IClassFixture<GenerateStepTests.Trained>
{
    private static readonly DslTask Notes = WeatherPrompt.Default.Task;
    private static readonly DslTask Skies = DescribedPrompt.Default.Task;

    [Fact]
    public async Task Fields_are_read_by_their_names_whichever_side_they_stand_on()
    {
        var made = await RunAsync(
            new()
            {
                ["gold"] = Gold,
                ["turned"] = new DataStep
                {
                    Task = Skies,
                    From = ["$gold"],
                    Columns = new Dictionary<string, string> { ["hint"] = "note" },
                },
                ["back"] = new DataStep { Task = Notes, From = ["$turned"] },
            }
        );
        var (gold, turned, back) = (Lines(made, "gold"), Lines(made, "turned"), Lines(made, "back"));
        Assert.Equal(gold.Select(e => $"{e["sky"]} {e["note"]} {e["note"]}"), turned.Select(e => $"{e["sky"]} {e["hint"]} {e["note"]}"));

        // An input that is to be measured on is none to learn from, whatever it was before.
        using var data = await DatasetBuilder.LoadAsync(Notes, new() { ProjectDirectory = trained.Project }, default);
        var test = data[Data.SplitName.Test].Select(e => ((Weather.Input)e.InputValue).Note).ToHashSet();
        Assert.NotEmpty(test);
        Assert.Equal(gold.Where(e => !test.Contains((string)e["note"]!)).Select(Text), back.Select(Text));
        Assert.Equal(gold.Count - back.Count, made["back"].Record!.Counts["left out: it stands in the task's test part"]);

        static string Text(JsonNode example) => $"{example["note"]} {example["sky"]}";
    }

    /// <summary>Nothing is written around a field, so that nothing in it can be taken for it: no separator, no place-holder.</summary>
    [Fact]
    public async Task A_text_survives_whatever_is_in_it()
    {
        string[] texts = ["{{context}} <|pipe|> {{ note }}", "<|pipe|>", "\"quoted\" \\n, and\nanother line", "${each.seed} $gold"];
        var file = trained.Runs.In("odd.jsonl");
        await File.WriteAllLinesAsync(file, texts.Select(text => new JsonObject { ["note"] = text, ["sky"] = "sunny" }.ToJsonString()));
        var made = await RunAsync(
            new()
            {
                ["odd"] = new DataStep { Task = Notes, Sources = [new JsonLines { Path = file }] },
                ["turned"] = new DataStep { Task = Skies, From = ["$odd"] },
                ["back"] = new DataStep { Task = Notes, From = ["$turned"] },
            }
        );
        Assert.Equal(texts, Lines(made, "back").Select(e => (string?)e["note"]));
    }

    [Fact]
    public async Task The_first_that_has_an_input_is_taken_with_all_that_it_has_of_it()
    {
        var (own, reworded) = (trained.Runs.In("own.jsonl"), trained.Runs.In("reworded.jsonl"));
        await File.WriteAllLinesAsync(own, [Line("a", "sunny"), Line("b", "rainy"), Line("a", "rainy")]);
        await File.WriteAllLinesAsync(reworded, [Line("b", "sunny"), Line("c", "sunny")]);
        Dictionary<string, Step> steps = new()
        {
            ["own"] = new DataStep { Task = Notes, Sources = [new JsonLines { Path = own }] },
            ["reworded"] = new DataStep { Task = Notes, Sources = [new JsonLines { Path = reworded }] },
            ["targets"] = new DataStep
            {
                Task = Notes,
                Examples = ["$own", "$reworded", "gold"],
                Take = Take.First,
            },
        };
        var made = await RunAsync(steps);
        var targets = Lines(made, "targets").Select(e => $"{e["note"]} {e["sky"]}").ToList();
        Assert.Equal(["a sunny", "b rainy", "a rainy", "c sunny"], targets.Take(4));
        var counts = made["targets"].Record!.Counts;
        Assert.Equal((3, 1), (counts["taken of $own"], counts["taken of $reworded"]));
        Assert.Equal(1, counts["left out: an earlier one has its input"]);
        Assert.Equal(counts["examples"], counts["taken of $own"] + counts["taken of $reworded"] + counts["taken of gold"]);

        steps["targets"] = new DataStep { Task = Notes, Examples = ["$own", "$reworded"] };
        Assert.Equal(5, Lines(await RunAsync(steps), "targets").Count);

        static string Line(string note, string sky) => new JsonObject { ["note"] = note, ["sky"] = sky }.ToJsonString();
    }

    /// <summary>A step answers inputs of another task, and shows what steps have made instead of the task's training part.</summary>
    [Fact]
    public async Task A_step_shows_what_it_names_and_asks_what_another_task_has()
    {
        var few = trained.Runs.In("few.jsonl");
        await File.WriteAllLinesAsync(few, ["""{"note": "Mud.", "sky": "rainy"}""", """{"note": "Dust.", "sky": "sunny"}"""]);
        var step = new GenerateStep
        {
            Model = "$base",
            Task = Notes,
            Prompt = WeatherShownPrompt.Default,
            From = "$turned",
            Demonstrations = new StepDemonstrations { From = ["$few"] },
            Keep = [Kept.Confidence],
            Generation = new GenerationPlan { MaxNewTokens = 16 },
        };
        Dictionary<string, Step> steps = new()
        {
            ["base"] = trained.Base.Verb,
            ["gold"] = Gold,
            ["turned"] = new DataStep { Task = Skies, From = ["$gold"] },
            ["few"] = new DataStep { Task = Notes, Sources = [new JsonLines { Path = few }] },
            ["labelled"] = step,
        };
        var made = await RunAsync(steps);
        var labelled = Lines(made, "labelled");
        Assert.Equal(
            Lines(made, "gold").Count,
            labelled.Count + made["labelled"].Record!.Counts["left out: it stands in the task's test part"]
        );

        var shown = new Demonstrations([.. new StepExamples(made["few"].Folder, Notes).Read(default)], step.Prompt.Demonstrations, seed: 1);
        using var model = LoadedModel.Load(Path.Combine(made["base"].Folder, "tiny", "best"));
        PredictionRequest[] asked =
        [
            .. labelled
                .Select(e => new Weather.Input((string)e["note"]!))
                .Select(input => new PredictionRequest(step.Prompt, input, "en") { Demonstrations = shown.Of(Notes, [(input, "en")])[0] }),
        ];
        Assert.Equal(["Dust.", "Mud."], asked.SelectMany(q => q.Demonstrations).Select(Note).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(
            new Predictor(model, step.Generation, 1).Predict(asked).Select(answer => answer.Confidence!.Value),
            labelled.Select(e => (double)e["$confidence"]!),
            (a, b) => Math.Abs(a - b) < 2e-5
        );
        // Of the task's own training part other ones are shown.
        steps["labelled"] = step with { Demonstrations = null };
        Assert.NotEqual(
            labelled.Select(e => (double)e["$confidence"]!),
            Lines(await RunAsync(steps), "labelled").Select(e => (double)e["$confidence"]!)
        );

        static string Note(Example example) => ((Weather.Input)example.InputValue).Note;
    }

    public static TheoryData<string> Wrong => ["no such field", "no such column", "columns of nothing"];

    [Theory, MemberData(nameof(Wrong))]
    public async Task What_is_wrong_is_told_in_words(string what)
    {
        Dictionary<string, Step> steps = new()
        {
            ["gold"] = Gold,
            ["turned"] = new DataStep { Task = Skies, From = ["$gold"] },
        };
        var (wrong, message) = what switch
        {
            "no such field" => (
                new DataStep
                {
                    Task = Skies,
                    From = ["$gold"],
                    Columns = Of("sky", "skye"),
                },
                "'$gold' are examples of the task 'weather', which has no field 'skye' to read 'sky' from; did you mean 'sky'?"
            ),
            "no such column" => (
                new DataStep
                {
                    Task = Skies,
                    From = ["$gold"],
                    Columns = Of("hnt", "note"),
                },
                "columns: the task 'described' has no field 'hnt'; did you mean 'hint'?"
            ),
            _ => (
                new DataStep
                {
                    Task = Notes,
                    Examples = ["gold"],
                    Columns = Of("note", "note"),
                },
                "they say what is read of examples of other tasks; give these as from: [$step]."
            ),
        };
        steps["wrong"] = wrong;
        var error = await Assert.ThrowsAnyAsync<Exception>(() => RunAsync(steps));
        Assert.True(error is RunException or WordException, $"{error}");
        Assert.Contains(message, error.Message, StringComparison.Ordinal);

        static Dictionary<string, string> Of(string field, string column) => new() { [field] = column };
    }

    private static Step Gold => new DataStep { Task = Notes, Sources = [new JsonLines { Path = "desk/weather.jsonl", Language = "en" }] };

    private async Task<Dictionary<string, PlannedStep>> RunAsync(Dictionary<string, Step> steps) =>
        (await trained.RunAsync(steps.ToDictionary(step => step.Key, step => new PipelineStep { Verb = step.Value }))).Steps.ToDictionary(
            step => step.Name
        );

    private static List<JsonNode> Lines(Dictionary<string, PlannedStep> made, string step) =>
        [.. File.ReadLines(Path.Combine(made[step].Folder, "examples.en.jsonl")).Select(line => JsonNode.Parse(line)!)];
}
