using System.Text.Json.Nodes;
using TaskDsl.Prompts;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Opening;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Pipelines;
using TaskDsl.Torch.Pipelines.Curating;
using TaskDsl.Torch.Pipelines.Indexing;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Sentences;
using TaskDsl.Vocabulary;

namespace TaskDsl.App.Tests;

/// <summary>Demonstrations that a step says: of examples that steps have made, drawn or the most similar ones.</summary>
public sealed class StepDemonstrationsTests(GenerateStepTests.Trained trained) : IClassFixture<GenerateStepTests.Trained>
{
    private static readonly GenerationPlan Generation = new() { MaxNewTokens = 16 };
    private static readonly Prompt Prompt = WeatherNearPrompt.Default;

    [Fact]
    public async Task A_question_is_shown_what_is_nearest_to_it_of_what_a_step_has_made()
    {
        var said = new StepDemonstrations { From = ["$gold"], Similar = "$words" };
        var run = await RunAsync(said);
        var gold = run["gold"];
        var pool = new StepExamples(gold.Folder, Prompt.Task).Read(TestContext.Current.CancellationToken).Where(e => e.Language == "en");
        // As it is told: the words' scores, each text once, the question's own passed over, the nearest last.
        var shown = pool.ToList();
        using var index = new Bm25().Of([.. shown.Select(e => ExampleText.Of(null, Prompt.Task, e))]);
        using var model = LoadedModel.Load(Path.Combine(run["base"].Folder, "tiny", "best"));
        var answered = Lines(run["labelled"]);
        Assert.Equal(4, answered.Count);
        PredictionRequest[] asked =
        [
            .. answered.Select(answer =>
            {
                var note = (string)answer["note"]!;
                var near = index.Search([note], shown.Count)[0].Select(hit => shown[hit.Text]);
                return new PredictionRequest(Prompt, new Weather.Input(note), "en")
                {
                    Demonstrations = [.. near.Where(e => ((Weather.Input)e.InputValue).Note != note).Take(2).Reverse()],
                };
            }),
        ];
        var expected = new Predictor(model, Generation, 1).Predict(asked).Select(answer => answer.Confidence!.Value);
        Assert.Equal(expected, answered.Select(e => (double)e["$confidence"]!), (a, b) => Math.Abs(a - b) < 2e-5);

        // An evaluation shows the same: what stands in the test part has these before it.
        var table = run["scores"].Table!;
        Assert.Equal(["base[shots=0]", "base[shots=2]", "majority", "random"], table.Columns.Keys);
        var test = table.Columns["base[shots=2]"].Tasks.Single(t => t.Language == "en");
        Assert.NotEmpty(test.Answers);
        using var data = await DatasetBuilder.LoadAsync(Prompt.Task, new() { ProjectDirectory = trained.Project }, default);
        var similar = new SimilarDemonstrations(
            index,
            [.. shown.Select(e => ExampleText.Of(null, Prompt.Task, e))],
            Prompt.Task,
            shown,
            Prompt.Demonstrations
        );
        var own = data[Data.SplitName.Test].Where(e => e.Language == "en").ToList();
        var by = new Predictor(model, Generation, 1).Predict([
            .. own.Select(e => new PredictionRequest(Prompt, e.InputValue, "en") { Demonstrations = similar.Of(Prompt.Task, e) }),
        ]);
        Assert.Equal(by.Select(answer => answer.Confidence!.Value), test.Answers.Select(answer => answer.Confidence!.Value), (a, b) =>
            Math.Abs(a - b) < 2e-5
        );
    }

    [Fact]
    public async Task Questions_that_have_room_for_none_are_counted()
    {
        // A long answer has to have room behind the question.
        var none = await RunAsync(new StepDemonstrations(), longest: 150);
        var counts = none["scores"].Record!.Counts;
        Assert.True(counts["demonstrations left out"] > counts["questions with room for no demonstration"]);
        Assert.Equal(counts["answers"] / 2, counts["questions with room for no demonstration"]);
    }

    [Fact]
    public async Task What_cannot_be_is_said_in_words()
    {
        var bare = Step(new StepDemonstrations()) with { Prompt = WeatherPrompt.Default };
        var wrong = await Assert.ThrowsAsync<WordException>(() =>
            trained.RunAsync(
                new()
                {
                    ["base"] = trained.Base,
                    ["labelled"] = new() { Verb = bare },
                }
            )
        );
        Assert.StartsWith(
            "steps.labelled.generate.demonstrations: the prompt 'weather' shows none; say how many in it",
            wrong.Message,
            StringComparison.Ordinal
        );
        var error = await Assert.ThrowsAsync<RunException>(() => RunAsync(new StepDemonstrations { Similar = "$few" }));
        Assert.Contains("which may be shown, does not stand in the index", error.Message, StringComparison.Ordinal);
    }

    private static GenerateStep Step(StepDemonstrations said) =>
        new()
        {
            Model = "$base",
            Task = Prompt.Task,
            Prompt = Prompt,
            From = "desk/unlabelled.jsonl",
            Keep = [Kept.Confidence],
            Generation = Generation,
            Demonstrations = said,
        };

    private async Task<IReadOnlyDictionary<string, PlannedStep>> RunAsync(StepDemonstrations said, int longest = 16)
    {
        IndexStep index = new()
        {
            By = new Bm25(),
            Task = Prompt.Task,
            Examples = ["$gold"],
        };
        var steps = new Dictionary<string, Step>
        {
            ["base"] = new TrainStep
            {
                Recipe = trained.Recipe with { Model = ((NewDecoder)trained.Recipe.Model) with { MaxPositions = 192 } },
            },
            ["gold"] = new DataStep { Task = Prompt.Task, Examples = ["gold"] },
            ["words"] = index,
            ["some"] = new SelectStep
            {
                Task = Prompt.Task,
                Examples = ["$gold"],
                By = new Torch.Pipelines.Selecting.Diverse { Count = 2, Index = "$vectors" },
            },
            ["vectors"] = index with { By = new Vectors { Model = "$base" } },
            ["few"] = index with { Examples = ["$some"] },
            ["labelled"] = Step(said),
            ["scores"] = new EvaluateStep
            {
                Models = ["$base"],
                Tasks = [new PromptedTask(Prompt)],
                Shots = [0, 2],
                Generation = Generation with { MaxNewTokens = longest, Constrained = longest == 16 },
                Demonstrations = said,
            },
        };
        var run = await trained.RunAsync(steps.ToDictionary(step => step.Key, step => new PipelineStep { Verb = step.Value }));
        return run.Steps.ToDictionary(step => step.Name);
    }

    private static List<JsonNode> Lines(PlannedStep step) =>
        [.. File.ReadLines(Path.Combine(step.Folder, "examples.en.jsonl")).Select(line => JsonNode.Parse(line)!)];
}
