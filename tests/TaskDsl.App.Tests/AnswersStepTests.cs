using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Tasks;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Pipelines;
using TaskDsl.Torch.Pipelines.Reading;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace TaskDsl.App.Tests;

/// <summary>Ready answers are joined with their examples, read, counted, and measured as a model's.</summary>
public sealed class AnswersStepTests(GenerateStepTests.Trained trained) : IClassFixture<GenerateStepTests.Trained>
{
    private static readonly DslTask Task = WeatherPrompt.Default.Task;

    [Fact]
    public async Task What_is_right_wrong_unreadable_and_missing_is_counted_as_such()
    {
        var notes = await TestNotesAsync();
        Assert.True(notes.Count >= 2, "the test part is too small for this test");
        var file = Write(
            "said.jsonl",
            [
                .. notes
                    .Skip(1)
                    .Index()
                    .Select(note => new JsonObject
                    {
                        ["note"] = note.Item.Note,
                        ["who"] = "big",
                        ["said"] = note.Index == 0 ? "I cannot tell." : $"Well: [{note.Item.Sky}]!",
                    }),
                new JsonObject
                {
                    ["note"] = notes[0].Note,
                    ["who"] = "small",
                    ["said"] = $"[{notes[0].Sky}]",
                },
                new JsonObject
                {
                    ["note"] = "Nobody wrote this.",
                    ["who"] = "big",
                    ["said"] = "[sunny]",
                },
            ]
        );
        var step = new AnswersStep
        {
            Task = Task,
            Path = file,
            Key = "note",
            Answer = "said",
            Where = new Dictionary<string, string> { ["who"] = "big" },
            Format = new Pattern { Find = @"\[(.*?)\]" },
        };
        var (made, report) = await MeasureAsync(step);
        Assert.Equal(notes.Count, report.Examples);
        Assert.Equal((notes.Count - 2.0) / notes.Count, Score(report, "accuracy"), 1e-9);
        Assert.Equal((notes.Count - 2.0) / notes.Count, Score(report, "validity"), 1e-9);
        Assert.Equal((1, 1), (report.Outcomes["not parsed"], report.Outcomes[Evaluator.NoAnswer]));
        Assert.Equal(notes.Count - 2, report.Outcomes.GetValueOrDefault("right"));
        var counts = made["said"].Record!.Counts;
        Assert.Equal((1, 1), (counts["the pattern does not match"], counts["left out: no example has their note"]));
        Assert.Equal(1, made["scores"].Record!.Counts["questions without an answer of $said"]);
    }

    [Fact]
    public async Task Records_are_counted_in_their_file_and_asked_in_the_place_of_the_test_part()
    {
        var numbered = NumberedPrompt.Default.Task;
        var gold = (await File.ReadAllLinesAsync(Path.Combine(trained.Project, "desk/weather.jsonl"))).Select(line =>
            JsonNode.Parse(line)!
        );
        // The last is wrong, and the first stands there twice.
        var file = Write(
            "numbered.jsonl",
            [
                .. gold.Index()
                    .Select(g => new JsonObject { ["record"] = g.Index, ["answer"] = g.Index < 9 ? (string)g.Item["sky"]! : "?" }),
                new JsonObject { ["record"] = 0, ["answer"] = "?" },
                new JsonObject { ["record"] = 10, ["answer"] = "sunny" },
            ]
        );
        var evaluate = new EvaluateStep
        {
            Models = ["$said"],
            Tasks = [new PromptedTask { Task = numbered, Prompt = NumberedPrompt.Default }],
            Examples = ["gold"],
        };
        var made = await RunAsync(
            new()
            {
                ["said"] = new AnswersStep { Task = numbered, Path = file },
                ["scores"] = evaluate,
            }
        );
        var report = made["scores"].Table!.Columns["said"].Tasks.Single();
        Assert.Equal(10, report.Examples);
        Assert.Equal(0.9, Score(report, "accuracy"), 1e-9);
        var counts = made["said"].Record!.Counts;
        Assert.Equal((1, 1), (counts["left out: no record has their number"], counts["the answer does not parse"]));
        Assert.Equal(1, counts["second answers to an example"]);

        // The task weather is of two files, so that a number says nothing.
        var error = await Assert.ThrowsAsync<RunException>(() => MeasureAsync(new AnswersStep { Task = Task, Path = file }));
        Assert.Contains("is not of one file, whose records 'record' could count; name a field", error.Message, StringComparison.Ordinal);
    }

    /// <summary>What steps have made is a column too, and is paired with a model's answers to the same examples.</summary>
    [Fact]
    public async Task What_a_model_has_made_measures_as_the_model_itself()
    {
        var made = await RunAsync(
            new()
            {
                ["gold"] = new DataStep { Task = Task, Examples = ["gold"] },
                ["made"] = new GenerateStep
                {
                    Model = "$base",
                    Task = Task,
                    Prompt = WeatherPrompt.Default,
                    From = "$gold",
                },
                ["said"] = new AnswersStep { Task = Task, From = ["$made"] },
                ["scores"] = Evaluate("$base", "$said") with { Examples = ["$gold"] },
            }
        );
        var columns = made["scores"].Table!.Columns;
        foreach (var (one, other) in columns["base"].Tasks.Zip(columns["said"].Tasks))
        {
            Assert.Equal((one.Language, one.Examples), (other.Language, other.Examples));
            Assert.Equal(one.Answers.Select(a => (a.Origin, a.Right)), other.Answers.Select(a => (a.Origin, a.Right)));
            Assert.Equal(Score(one, "accuracy"), Score(other, "accuracy"));
        }
    }

    [Theory]
    [InlineData("I would say sunny.", null)]
    [InlineData("sunny, not rainy", "several labels are mentioned")]
    [InlineData("who knows", "no label is mentioned")]
    [InlineData("", "no label is mentioned")]
    public async Task A_label_that_is_mentioned_alone_is_the_answer(string said, string? fault)
    {
        var example = (await ExamplesAsync()).First(e => e.Language == "en");
        var read = new Mentions().Read(Task, said, example);
        Assert.Equal(fault, read.Fault);
        Assert.Equal(fault is null ? [new OutputItem("sky", "sunny")] : null, read.Output is null ? null : Task.Items(read.Output));
        Assert.Equal(
            "no label is mentioned",
            new Mentions { Except = ["sunny"] }
                .Read(Task, "sunny", example)
                .Fault
        );
    }

    [Theory]
    [InlineData("{\"note\": \"a\"}", "error: it has no column 'answer'")]
    [InlineData("{\"answer\": \"a\"}", "error: it has no column 'note'")]
    [InlineData("{\"note\": \"a\", \"answer\": \"sunny\"", "said_wrong.jsonl(1): error:")]
    [InlineData("[1]", "said_wrong.jsonl")]
    [InlineData("{\"note\": \"a\", \"answer\": \"sunny\"}", "none of the answers is to an example of the task 'weather'")]
    public async Task A_file_that_cannot_be_joined_ends_the_step(string line, string expected)
    {
        var file = trained.Runs.In("said_wrong.jsonl");
        await File.WriteAllTextAsync(file, line + "\n");
        var error = await Assert.ThrowsAnyAsync<Exception>(() =>
            MeasureAsync(
                new AnswersStep
                {
                    Task = Task,
                    Path = file,
                    Key = "note",
                }
            )
        );
        Assert.True(error is RunException or DataException, $"{error}");
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_is_not_in_the_file_is_told_with_those_that_are()
    {
        var file = Write(
            "others.jsonl",
            [
                new JsonObject
                {
                    ["note"] = "a",
                    ["model"] = "big",
                    ["answer"] = "sunny",
                },
            ]
        );
        var step = new AnswersStep
        {
            Task = Task,
            Path = file,
            Key = "note",
            Where = new Dictionary<string, string> { ["model"] = "bigger" },
        };
        var error = await Assert.ThrowsAsync<RunException>(() => MeasureAsync(step));
        Assert.Contains("no record is meant by where; model is 'big'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("key", "key: the input of the task 'weather' has no field 'sky'")]
    [InlineData("both", "number: key says already which example an answer is to; leave one of the two out.")]
    [InlineData("pattern", "it is no regular expression: Invalid pattern '(' at offset 1.")]
    [InlineData("except", "format: except: the task 'weather' has no label 'sunnny'; did you mean 'sunny'?")]
    [InlineData("neither", "it needs 'path' or 'from'")]
    [InlineData("from", "from: what steps have made is known by its inputs; where, key and number are for files.")]
    public async Task What_cannot_be_meant_is_said_before_anything_runs(string what, string expected)
    {
        var step = new AnswersStep { Task = Task, Path = Write("one.jsonl", [new JsonObject { ["note"] = "a", ["answer"] = "b" }]) };
        step = what switch
        {
            "key" => step with { Key = "sky" },
            "both" => step with { Key = "note", Number = "n" },
            "pattern" => step with { Format = new Pattern { Find = "(" } },
            "except" => step with { Format = new Mentions { Except = ["sunnny"] } },
            "neither" => step with { Path = null },
            _ => step with { Path = null, From = ["$gold"], Key = "note" },
        };
        var error = await Assert.ThrowsAsync<WordException>(() => MeasureAsync(step));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private static EvaluateStep Evaluate(params string[] models) =>
        new() { Models = models, Tasks = [new PromptedTask { Task = Task, Prompt = WeatherPrompt.Default }] };

    private static double Score(TaskReport report, string metric) => report.Metrics.Single(score => score.Metric == metric).Value;

    private async Task<(Dictionary<string, PlannedStep> Made, TaskReport Report)> MeasureAsync(AnswersStep step)
    {
        var made = await RunAsync(
            new()
            {
                ["gold"] = new DataStep { Task = Task, Examples = ["gold"] },
                ["said"] = step,
                ["scores"] = Evaluate("$said") with { Languages = ["en"] },
            }
        );
        return (made, made["scores"].Table!.Columns["said"].Tasks.Single());
    }

    private async Task<IReadOnlyList<Example>> ExamplesAsync()
    {
        using var data = await DatasetBuilder.LoadAsync(Task, new() { ProjectDirectory = trained.Project }, default);
        return [.. data[SplitName.Test]];
    }

    private async Task<List<(string Note, string Sky)>> TestNotesAsync() =>
        [
            .. (await ExamplesAsync())
                .Where(example => example.Language == "en")
                .Select(example => (((Weather.Input)example.InputValue).Note, Task.Items(example.OutputValue)[0].Value)),
        ];

    private string Write(string name, IEnumerable<JsonObject> records)
    {
        var file = trained.Runs.In(name);
        File.WriteAllLines(file, records.Select(record => record.ToJsonString()));
        return file;
    }

    private async Task<Dictionary<string, PlannedStep>> RunAsync(Dictionary<string, Step> steps) =>
        (
            await trained.RunAsync(
                steps
                    .Prepend(KeyValuePair.Create("base", trained.Base.Verb))
                    .ToDictionary(s => s.Key, s => new PipelineStep { Verb = s.Value })
            )
        ).Steps.ToDictionary(step => step.Name);
}
