using System.Text.Json.Nodes;
using TaskDsl.App.Sessions;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Runs;

namespace TaskDsl.App.Tests;

/// <summary>A group in rounds, a sweep that is measured and one that is chosen from, with a model of some thousand weights.</summary>
public sealed class RoundsPipelineTests
{
    [Fact]
    public async Task Runs_once_and_a_further_round_or_seed_runs_alone()
    {
        using var runs = new TempFolder();
        var (code, printed) = await Desk.RunAsync("run", "rounds", "--out", runs.Path);
        Assert.True(code == ExitCode.Success, printed);
        var first = Finished(runs);
        Assert.Equal(
            [
                "best",
                "best[rate=1e-3,seed=1]",
                "best[rate=1e-3,seed=2]",
                "best[rate=2e-2,seed=1]",
                "best[rate=2e-2,seed=2]",
                "on",
                "scores",
                "self.1.labelled",
                "self.1.student",
                "self.2.labelled",
                "self.2.student",
                "teacher",
                "tuned[tuning=full,seed=1]",
                "tuned[tuning=full,seed=2]",
                "tuned[tuning=lora(rank=2),seed=1]",
                "tuned[tuning=lora(rank=2),seed=2]",
            ],
            first.Keys.Order(StringComparer.Ordinal)
        );

        // Each round reads the one before, each cell its own values.
        Assert.Equal(first["self.1.student"]["hash"]!.ToString(), first["self.2.labelled"]["shape"]!["$teacher"]!.ToString());
        Assert.Equal(first["teacher"]["hash"]!.ToString(), first["self.1.labelled"]["shape"]!["$teacher"]!.ToString());
        Assert.Equal(2, (int)Recipe(first["tuned[tuning=full,seed=2]"])["seed"]!);
        Assert.Equal(2, (int)Recipe(first["tuned[tuning=lora(rank=2),seed=1]"])["tuning"]!["lora"]!["rank"]!);
        Assert.Equal(1e-3, Rate(first["best[rate=1e-3,seed=2]"]));

        // One column for each cell, mean and deviation over seeds, and what was chosen.
        foreach (var column in (string[])["teacher", "self.1.student", "self.student", "tuned[tuning=full,seed=1]", "best[seed=2]"])
            Assert.Contains(
                $"\"{column}\"",
                await File.ReadAllTextAsync(Assert.Single(Files(runs, "scores", "table.json"))),
                StringComparison.Ordinal
            );
        Assert.Contains("Over seeds", printed, StringComparison.Ordinal);
        var chosen = Chosen(runs, Pipelines.Rounds);
        Assert.Equal("validation.accuracy", chosen.By);
        Assert.Equal(["rate=1e-3,seed=1", "rate=1e-3,seed=2", "rate=2e-2,seed=1", "rate=2e-2,seed=2"], chosen.Scores.Keys);
        Assert.All(chosen.Scores.Values, score => Assert.InRange(score, 0, 1));
        var settings = chosen.Scores.GroupBy(s => s.Key.Split(',')[0]).MaxBy(same => same.Average(s => s.Value))!;
        Assert.Equal((settings.Key, settings.MaxBy(s => s.Value).Key), (chosen.Setting, chosen.Cell));
        var best = first[$"best[{chosen.Cell}]"]["hash"]!.ToString();
        Assert.Contains(best, first["on"]["shape"]!["$best"]!.ToString(), StringComparison.Ordinal);

        // By the loss the setting of the lower losses, which training has noted.
        (code, printed) = await Desk.RunAsync("run", "rounds", "--out", runs.Path, "--set", "best.sweep.choose.by=validation.loss");
        Assert.True(code == ExitCode.Success, printed);
        chosen = Chosen(runs, Pipelines.Rounds, "validation.loss");
        settings = chosen.Scores.GroupBy(s => s.Key.Split(',')[0]).MinBy(same => same.Average(s => s.Value))!;
        Assert.Equal((settings.Key, settings.MinBy(s => s.Value).Key), (chosen.Setting, chosen.Cell));
        Assert.All(chosen.Scores, score => Assert.Equal(Loss(runs, $"best[{score.Key}]"), score.Value));

        // Nothing again; a round more runs that round and what reads the last one; a seed less nothing but the table.
        (code, printed) = await Desk.RunAsync("run", "rounds", "--out", runs.Path, "--dry");
        Assert.DoesNotContain("not there", printed, StringComparison.Ordinal);
        var plan = Plan(runs, Repeated(3));
        Assert.Equal(["self.3.labelled", "self.3.student"], plan.Where(s => s.Why == "it has not run yet").Select(s => s.Name));
        Assert.All(
            plan.Where(s => s.Name.StartsWith("self.1", StringComparison.Ordinal) || s.Name.StartsWith("self.2", StringComparison.Ordinal)),
            s => Assert.Null(s.Why)
        );
        Assert.Equal("changed: $self.student", plan.Single(s => s.Name == "tuned[tuning=full,seed=1]").Why);
        (code, printed) = await Desk.RunAsync("run", "rounds", "--out", runs.Path, "--dry", "--set", "tuned.sweep.seeds=2");
        Assert.Equal(ExitCode.Success, code);
        Assert.DoesNotContain("│ tuned[tuning=full,seed=1]", printed, StringComparison.Ordinal);
        Assert.DoesNotContain("it has not run yet", printed, StringComparison.Ordinal);
        Assert.Contains("changed: its definition", printed, StringComparison.Ordinal);

        // From a step of a group in all its rounds, or from one round on.
        Assert.Equal(["self.1.student", "self.2.student"], From("self.student").Where(s => s.Why == "it is asked for").Select(s => s.Name));
        Assert.Equal("$teacher runs again", From("self.student").Single(s => s.Name == "self.2.labelled").Why);
        Assert.Equal(["self.2.labelled", "self.2.student"], From("self.2").Where(s => s.Why == "it is asked for").Select(s => s.Name));
        Assert.Null(From("self.2").Single(s => s.Name == "self.1.student").Why);
        Assert.Equal(5, From("tuned").Count(s => s.Why is not null));

        IReadOnlyList<PlannedStep> From(string step) => Plan(runs, Pipelines.Rounds, step);
    }

    [Theory]
    [InlineData("has no step 'slef'; did you mean 'self'?", "--from", "slef")]
    [InlineData("begins with no step of 'self'; did you mean 'student'?", "--set", "self.studnt.seed=1")]
    [InlineData("'sed' is not a property of recipe; did you mean 'seed'?", "--set", "self.student.sed=1")]
    [InlineData("on.model: '$tuned' is 4 results, one for each cell of its sweep, where one is expected", "--set", "on.model=$tuned")]
    [InlineData("'$self' is a group and no result; it has $self.labelled, $self.student.", "--set", "on.model=$self")]
    [InlineData("tuned: the cells [tuning=full,seed=1] and [tuning=full,seed=2] are the same step.", "--set", "tuned.seed=1")]
    [InlineData("rounds: 0 is not allowed; expected 1 to 1000.", "--set", "self.repeat.rounds=0")]
    public async Task A_mistake_is_told_before_anything_runs(string message, params string[] args)
    {
        using var runs = new TempFolder();
        var (code, printed) = await Desk.RunAsync(["run", "rounds", .. args, "--out", runs.Path]);
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Contains(message, printed, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(runs.Path, "step.json", SearchOption.AllDirectories));
    }

    private static Chosen Chosen(TempFolder runs, Pipeline pipeline, string? by = null)
    {
        var best = pipeline.Steps["best"];
        var steps = new Dictionary<string, PipelineStep>(pipeline.Steps);
        if (by is not null)
            steps["best"] = best with { Sweep = best.Sweep! with { Choose = new Choose { By = by } } };
        return Plan(runs, pipeline with { Steps = steps }).Single(step => step.Name == "best").Chosen!;
    }

    /// <summary>The lowest validation loss behind the first step.</summary>
    private static double Loss(TempFolder runs, string step) =>
        File.ReadLines(Assert.Single(Files(runs, step, "metrics.jsonl")))
            .Select(line => JsonNode.Parse(line)!)
            .Where(line => (int)line["step"]! > 0 && line["validation_loss"] is not null)
            .Min(line => (double)line["validation_loss"]!);

    private static Pipeline Repeated(int rounds)
    {
        var given = Pipelines.Rounds;
        var self = given.Steps["self"];
        return given with
        {
            Steps = new Dictionary<string, PipelineStep>(given.Steps)
            {
                ["self"] = self with { Repeat = self.Repeat! with { Rounds = rounds } },
            },
        };
    }

    private static IReadOnlyList<PlannedStep> Plan(TempFolder runs, Pipeline pipeline, string? from = null) =>
        pipeline.Plan(
            new PipelineOptions
            {
                From = from,
                Runs = new RunOptions { RunsDirectory = runs.Path },
            }
        );

    private static JsonNode Recipe(JsonNode record) => record["shape"]!["step"]!["verb"]!["train"]!["recipe"]!;

    private static double Rate(JsonNode record) => (double)Recipe(record)["optimizer"]!["adamw"]!["learning_rate"]!;

    private static string[] Files(TempFolder runs, string step, string name) =>
        Directory.GetFiles(runs.In("rounds", step), name, SearchOption.AllDirectories);

    /// <summary>The records of finished steps by their names.</summary>
    private static Dictionary<string, JsonNode> Finished(TempFolder runs) =>
        Directory
            .GetFiles(runs.In("rounds"), "step.json", SearchOption.AllDirectories)
            .Select(file => JsonNode.Parse(File.ReadAllText(file))!)
            .ToDictionary(record => (string)record["step"]!);
}
