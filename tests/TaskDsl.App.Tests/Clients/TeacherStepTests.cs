using System.Text.Json.Nodes;
using TaskDsl.Clients;
using TaskDsl.Torch.Batches.Sources;
using TaskDsl.Torch.Decoding;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Pipelines;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Runs;
using TaskDsl.Vocabulary;

namespace TaskDsl.App.Tests.Clients;

/// <summary>A teacher outside in a pipeline.</summary>
public sealed class TeacherStepTests : IDisposable
{
    private readonly TempFolder runs = new();

    public void Dispose() => runs.Dispose();

    [Fact]
    public async Task What_it_answers_becomes_examples_and_what_does_not_parse_is_counted()
    {
        await using var teacher = await Teacher.StartAsync(
            (context, _, asked) =>
                Teacher.Question(asked) switch
                {
                    var q when q.Contains("coat", StringComparison.Ordinal) => Teacher.SayAsync(context, "sunny"),
                    var q when q.Contains("gutters", StringComparison.Ordinal) => Teacher.SayAsync(context, "```\nrainy\n```"),
                    var q when q.Contains("shadows", StringComparison.Ordinal) => Teacher.SayAsync(context, "", finish: "content_filter"),
                    _ => Teacher.SayAsync(context, "rainy"),
                }
        );
        var labelled = await LabelAsync(Step(teacher));
        var examples = Lines(labelled, "examples.en.jsonl");
        Assert.Equal(
            [("Nobody needed a coat on the way home.", "sunny"), ("Puddles everywhere, and more to come.", "rainy")],
            examples.Select(e => ((string)e["note"]!, (string)e["sky"]!))
        );
        Assert.Equal(["desk/unlabelled.jsonl(1)", "desk/unlabelled.jsonl(4)"], examples.Select(e => (string?)e["$origin"]));
        var counts = labelled.Record!.Counts;
        Assert.Equal(
            (4, 2, 1, 1),
            (
                counts["records"],
                counts["examples"],
                counts["left out: the answer does not parse"],
                counts["left out: the client withholds the answer"]
            )
        );
        Assert.Equal((4, 40, 8), (counts["questions asked"], counts["tokens of questions"], counts["tokens of answers"]));

        // Everything that was asked and answered lies with it.
        var asked = Lines(labelled, "asked.jsonl");
        Assert.Equal(["sunny", "```\nrainy\n```", "", "rainy"], asked.Select(line => (string?)line["answer"]!["text"]));
        Assert.Equal("You read weather notes.", (string?)asked[0]["question"]!["turns"]![0]!["text"]);

        // In another pipeline of these runs nothing is asked again; what does not shape an answer makes nothing new.
        Assert.Null(Plan(Step(teacher) with { Client = OpenAiClientTests.Of(teacher) with { Concurrency = 1, Attempts = 9 } }).Why);
        await LabelAsync(Step(teacher), "other");
        Assert.Equal(4, teacher.Requests.Count);
    }

    /// <summary>As an evaluation shows them: of the training part, never of the test part, and never the question itself.</summary>
    [Fact]
    public async Task A_prompts_demonstrations_are_shown_to_it()
    {
        var task = WeatherPrompt.Default.Task;
        await using var teacher = await Teacher.AnsweringAsync(_ => "rainy");
        var step = Step(teacher) with { Prompt = WeatherShownPrompt.Default, From = "desk/weather.jsonl", Seed = 3 };
        await LabelAsync(step);
        using var data = await DatasetBuilder.LoadAsync(task, new() { ProjectDirectory = TaskCatalog.Default.ProjectDirectory }, default);
        var shown = new Demonstrations(data[Data.SplitName.Train], WeatherShownPrompt.Default.Demonstrations, seed: 3);
        var train = data[Data.SplitName.Train].Where(e => e.Language == "en").Select(e => ((Weather.Input)e.InputValue).Note).ToHashSet();
        Assert.NotEmpty(teacher.Requests);
        foreach (var asked in teacher.Requests)
        {
            (string Role, string Text)[] said = [.. asked["messages"]!.AsArray().Select(m => ((string)m!["role"]!, (string)m["content"]!))];
            Assert.Equal(["user", "assistant", "user"], said.Select(turn => turn.Role));
            var (note, question) = (Note(said[0].Text), Note(said[^1].Text));
            var expected = (Weather.Example)shown.Of(task, new Weather.Input(question), "en").Single();
            Assert.Equal((expected.Input.Note, $"{expected.Output.Sky}".ToLowerInvariant()), (note, said[1].Text));
            Assert.Contains(note, train);
            Assert.NotEqual(question, note);
        }

        Assert.Contains(teacher.Questions, question => train.Contains(Note(question))); // Else the last line says nothing.
        var before = teacher.Requests.Count;
        foreach (var seed in Enumerable.Range(4, 4))
            await LabelAsync(step with { Seed = seed });
        Assert.True(teacher.Requests.Count > before); // Others are shown, so that others are questions.

        static string Note(string text) => text.Split('\n')[0];
    }

    [Fact]
    public async Task Where_every_record_fails_the_step_ends_with_the_counts_and_the_first_of_them()
    {
        await using var teacher = await Teacher.AnsweringAsync(_ => "I am not sure.");
        var error = await Assert.ThrowsAsync<RunException>(() => LabelAsync(Step(teacher)));
        Assert.StartsWith(
            "step 'labelled': it makes no example: records 4, left out: the answer does not parse 4. "
                + "The first: desk/unlabelled.jsonl(1): the answer does not parse: 'I am not sure.' is no label; expected one of ",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_teacher_without_key_is_told_before_anything_runs()
    {
        var client = new OpenAiClient
        {
            Endpoint = "https://models.example/v1",
            Model = "m",
            KeyFrom = "TASKDSL_NO_SUCH_KEY",
        };
        var steps = new Dictionary<string, PipelineStep>
        {
            ["teacher"] = new() { Verb = new TrainStep { Recipe = Recipes.Tiny } },
            ["labelled"] = new() { Verb = Step(client) },
        };
        var error = await Assert.ThrowsAsync<RunException>(() => RunAsync("taught", steps));
        Assert.StartsWith(
            "step 'labelled': the environment variable TASKDSL_NO_SUCH_KEY, which has",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Empty(Directory.GetFiles(runs.Path, "step.json", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_step_that_was_interrupted_asks_the_rest_and_makes_the_same()
    {
        static string Rule(string question) => question.Contains("coat", StringComparison.Ordinal) ? "sunny" : "rainy";
        using var source = new CancellationTokenSource();
        await using var teacher = await Teacher.StartAsync(
            async (context, at, asked) =>
            {
                if (at == 2)
                {
                    await source.CancelAsync();
                    await Task.Delay(Timeout.Infinite, context.RequestAborted);
                }

                await Teacher.SayAsync(context, Rule(Teacher.Question(asked)));
            }
        );
        var step = Step(OpenAiClientTests.Of(teacher) with { Concurrency = 1 });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => LabelAsync(step, cancellation: source.Token));
        var resumed = await LabelAsync(step);
        Assert.Equal((2, 2), (resumed.Record!.Counts["questions answered before"], resumed.Record.Counts["questions asked"]));
        Assert.Equal(["sunny", "rainy", "rainy", "rainy"], Lines(resumed, "examples.en.jsonl").Select(e => (string?)e["sky"]));
        Assert.Equal(4, Lines(resumed, "asked.jsonl").Count);
    }

    [Fact]
    public async Task Several_answers_vote()
    {
        // Of the second record two answers are good, and differ; of the third one of three is good.
        string[] said = ["sunny", "rainy", "sunny", "sunny", "rainy", "?", "rainy", "?", "?", "rainy", "rainy", "rainy"];
        await using var teacher = await Teacher.StartAsync((context, at, _) => Teacher.SayAsync(context, said[at]));
        var step = Step(OpenAiClientTests.Of(teacher) with { Concurrency = 1 }) with
        {
            Answers = 3,
            Vote = new Vote { Least = 0.5 },
            Keep = [Kept.Confidence, Kept.Samples],
        };
        var labelled = await LabelAsync(step);
        var examples = Lines(labelled, "examples.en.jsonl");
        Assert.Equal(["sunny", "rainy"], examples.Select(e => (string?)e["sky"]));
        Assert.Equal([0.66667, 1], examples.Select(e => (double)e["$confidence"]!));
        Assert.Equal(["sunny", "rainy", "sunny"], examples[0]["$samples"]!.AsArray().Select(s => (string?)s));
        var counts = labelled.Record!.Counts;
        Assert.Equal((4, 12, 2), (counts["records"], counts["answers"], counts["examples"]));
        Assert.Equal((2, 3), (counts["left out: too few answers agree"], counts["answers without a vote: the answer does not parse"]));
    }

    [Theory]
    [InlineData("model", "steps.labelled.generate.client: it stands beside 'model'; one of the two is meant.")]
    [InlineData("none", "steps.labelled.generate: it needs 'model' or 'client'.")]
    [InlineData("vote", "steps.labelled.generate.vote: one answer has nothing to vote on; say how many there are, as answers: 5.")]
    [InlineData("greedy", "steps.labelled.generate.answers: nothing is drawn, so that all would be the same")]
    [InlineData("beam", "steps.labelled.generate.generation: a client cannot be told beam; it answers by greedy or sample.")]
    [InlineData("top_k", "steps.labelled.generate.generation: a client is told no top_k; leave it out, or take top_p.")]
    [InlineData("keep", "steps.labelled.generate.keep: a client does not say how sure it is; with several answers and a vote,")]
    public async Task What_does_not_go_together_is_told_before_anything_runs(string fault, string words)
    {
        var step = Step(new OpenAiClient { Endpoint = "https://models.example/v1", Model = "m" });
        var wrong = fault switch
        {
            "model" => step with { Model = "desk" },
            "none" => step with { Client = null },
            "vote" => step with { Vote = new Vote() },
            "greedy" => step with
            {
                Answers = 3,
                Generation = new GenerationPlan { Decoding = new Greedy() },
            },
            "beam" => step with { Generation = new GenerationPlan { Decoding = new Beam() } },
            "top_k" => step with { Generation = new GenerationPlan { Decoding = new Sample { TopK = 5 } } },
            _ => step with { Keep = [Kept.Confidence] },
        };
        var error = await Assert.ThrowsAsync<WordException>(() => LabelAsync(wrong));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    private static GenerateStep Step(Teacher teacher) => Step(OpenAiClientTests.Of(teacher));

    private static GenerateStep Step(OpenAiClient client) =>
        new()
        {
            Client = client,
            Task = WeatherPrompt.Default.Task,
            Prompt = WeatherPrompt.Default,
            From = "desk/unlabelled.jsonl",
        };

    private PlannedStep Plan(GenerateStep step) => Pipeline("taught", Steps(step)).Plan(Options).Single();

    private async Task<PlannedStep> LabelAsync(GenerateStep step, string name = "taught", CancellationToken cancellation = default) =>
        (await RunAsync(name, Steps(step), cancellation)).Steps.Single();

    private Task<FinishedPipeline> RunAsync(
        string name,
        IReadOnlyDictionary<string, PipelineStep> steps,
        CancellationToken cancellation = default
    ) => Pipeline(name, steps).RunAsync(Options, cancellationToken: cancellation);

    private PipelineOptions Options =>
        new()
        {
            Runs = new RunOptions { RunsDirectory = runs.Path, ProjectDirectory = TaskCatalog.Default.ProjectDirectory },
        };

    private static Dictionary<string, PipelineStep> Steps(GenerateStep step) => new() { ["labelled"] = new() { Verb = step } };

    private static Pipeline Pipeline(string name, IReadOnlyDictionary<string, PipelineStep> steps) => new() { Name = name, Steps = steps };

    private static List<JsonNode> Lines(PlannedStep step, string file) =>
        [.. File.ReadLines(Path.Combine(step.Folder, file)).Select(line => JsonNode.Parse(line)!)];
}
