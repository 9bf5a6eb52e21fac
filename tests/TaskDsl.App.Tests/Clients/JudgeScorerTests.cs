using System.Text.Json.Nodes;
using TaskDsl.Data.Sources;
using TaskDsl.Tasks;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Pipelines;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Pipelines.Scoring;
using TaskDsl.Torch.Runs;
using TaskDsl.Vocabulary;

namespace TaskDsl.App.Tests.Clients;

/// <summary>A judge outside, whose number becomes an example's score.</summary>
public sealed class JudgeScorerTests : IDisposable
{
    private readonly TempFolder runs = new();

    public void Dispose() => runs.Dispose();

    [Fact]
    public async Task Its_number_is_the_score_and_what_is_no_answer_is_counted()
    {
        await using var judge = await Teacher.StartAsync(
            (context, _, asked) =>
                Teacher.Question(asked) switch
                {
                    "Sun.\nIs it sunny?" => Teacher.SayAsync(context, """{"reason":"It says so: 5 of 5.","rating":5}"""),
                    "Mud.\nIs it sunny?" => Teacher.SayAsync(context, """{"reason":"Mud is wet.","rating":-1}"""),
                    _ => Teacher.SayAsync(context, "Four, I would say."),
                }
        );
        var scored = await ScoreAsync(Judge(judge));
        var examples = File.ReadLines(Path.Combine(scored.Folder, "examples.en.jsonl")).Select(line => JsonNode.Parse(line)!);
        Assert.Equal(
            [("Sun.", "sunny", 5.0), ("Mud.", "sunny", -1.0)],
            examples.Select(e => ((string)e["note"]!, (string)e["sky"]!, (double)e["$score"]!))
        );
        var counts = scored.Record!.Counts;
        Assert.Equal(
            (4, 1, 1, 3),
            (
                counts["records"],
                counts["left out: the judge: the answer does not parse"],
                counts["left out: the judge does not know its language"],
                counts["questions asked"]
            )
        );

        // The same judge is asked nothing again; another question is another step.
        Assert.Null(Plan(Judge(judge)).Why);
        Assert.NotNull(Plan(Judge(judge) with { Seed = 2 }).Why);
        Assert.Equal(3, judge.Requests.Count);
    }

    [Theory]
    [InlineData(
        "no number",
        "a judge answers by one number, or by yes or no: the task 'weather' has 0 outputs of the types int, float and bool."
    )]
    [InlineData("no such field", "the examples are of the task 'weather', which has no field 'said' to read 'said' from")]
    [InlineData("no such column", "columns: the task 'judged' has no field 'sayd'; did you mean 'said'?")]
    [InlineData("no key", "TASKDSL_NO_SUCH_KEY")]
    public async Task What_is_wrong_is_told_before_anything_is_asked(string what, string words)
    {
        await using var judge = await Teacher.AnsweringAsync(_ => "{}");
        var right = Judge(judge);
        var wrong = what switch
        {
            "no number" => right with { Task = WeatherPrompt.Default.Task, Prompt = WeatherPrompt.Default },
            "no such field" => right with { Columns = new Dictionary<string, string>() },
            "no such column" => right with { Columns = new Dictionary<string, string> { ["sayd"] = "sky" } },
            _ => right with { Client = OpenAiClientTests.Of(judge) with { KeyFrom = "TASKDSL_NO_SUCH_KEY" } },
        };
        var error = await Assert.ThrowsAnyAsync<Exception>(() => ScoreAsync(wrong));
        Assert.True(error is RunException or WordException, $"{error}");
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Empty(judge.Requests);
    }

    private static JudgeScorer Judge(Teacher judge) =>
        new()
        {
            Client = OpenAiClientTests.Of(judge),
            Task = JudgedPrompt.Default.Task,
            Prompt = JudgedPrompt.Default,
            Columns = new Dictionary<string, string> { ["said"] = "sky" },
        };

    private async Task<PlannedStep> ScoreAsync(JudgeScorer judge) =>
        (await Pipeline(judge).RunAsync(Options, cancellationToken: TestContext.Current.CancellationToken)).Steps[1];

    private PlannedStep Plan(JudgeScorer judge) => Pipeline(judge).Plan(Options)[1];

    private Pipeline Pipeline(JudgeScorer judge)
    {
        var (en, zh) = (runs.In("some.jsonl"), runs.In("some.zh.jsonl"));
        File.WriteAllLines(en, new[] { "Sun.", "Mud.", "Fog." }.Select(note => $$"""{"note": "{{note}}", "sky": "sunny"}"""));
        File.WriteAllText(zh, """{"note": "雨水", "sky": "雨"}""");
        DslTask task = WeatherPrompt.Default.Task;
        Dictionary<string, Step> steps = new()
        {
            ["some"] = new DataStep
            {
                Task = task,
                Sources = [new JsonLines { Path = en, Language = "en" }, new JsonLines { Path = zh, Language = "zh" }],
            },
            ["scored"] = new ScoreStep
            {
                Task = task,
                Examples = ["$some"],
                By = judge,
            },
        };
        return new() { Name = "judged", Steps = steps.ToDictionary(s => s.Key, s => new PipelineStep { Verb = s.Value }) };
    }

    private PipelineOptions Options =>
        new()
        {
            Runs = new RunOptions { RunsDirectory = runs.Path, ProjectDirectory = TaskCatalog.Default.ProjectDirectory },
        };
}
