using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Data.Splits;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Criteria;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Runs;
using TaskDsl.Vocabulary;
using Xunit;

namespace TaskDsl.Torch.Tests.Training;

/// <summary>Which model of a run is the best, and when a run ends early.</summary>
public sealed class SelectionTests : TorchTest
{
    [Fact]
    public async Task A_metric_of_the_validation_part_decides_and_its_values_are_logged()
    {
        using var folder = new TempFolder();
        var recipe = TinyModel.Recipe(TinyModel.Write(folder.File("model"))) with
        {
            Best = new MetricCriterion { Name = "accuracy" },
            Budget = new Budget { Epochs = 20 },
        };
        using var run = await recipe.RunAsync(TrainingRunTests.Options(folder));
        var record = RunFolder.Read<JsonObject>(Path.Combine(run.Folder, "run.json"));
        var scores = TrainingRunTests
            .Lines(run)
            .Where(l => l["validation_accuracy"] is not null)
            .Select(l => (Step: (int)l["step"]!, Score: (double)l["validation_accuracy"]!))
            .ToArray();
        Assert.Equal(0, scores[0].Step);
        var first = scores[1..].First(s => s.Score == scores[1..].Max(x => x.Score)); // Of equals the first.
        Assert.Equal(first, ((int)record["best_step"]!, (double)record["best_score"]!));
        var loss = TrainingRunTests.Lines(run).Single(l => l["validation_loss"] is not null && (int)l["step"]! == first.Step)[
            "validation_loss"
        ];
        Assert.Equal((double)loss!, (double)record["best_validation_loss"]!);
    }

    [Fact]
    public async Task Answers_are_written_and_planned_while_layers_are_checkpointed()
    {
        using var folder = new TempFolder();
        var plain = TinyModel.Recipe(TinyModel.Write(folder.File("model"))) with
        {
            Best = new MetricCriterion { Name = "accuracy" },
            Budget = new Budget { Epochs = 10 },
        };
        var checkpointed = plain with { Name = "checkpointed", ActivationCheckpointing = true };
        Assert.NotNull(Assert.Single(await checkpointed.PlanAsync(TrainingRunTests.Options(folder))).Time?.Answers);
        using var one = await plain.RunAsync(TrainingRunTests.Options(folder));
        using var other = await checkpointed.RunAsync(TrainingRunTests.Options(folder));
        Assert.Equal(
            File.ReadAllText(Path.Combine(one.Folder, "metrics.jsonl")),
            File.ReadAllText(Path.Combine(other.Folder, "metrics.jsonl"))
        );
    }

    [Fact]
    public async Task A_run_without_improvement_ends_when_patience_does()
    {
        using var folder = new TempFolder();
        var recipe = TinyModel.Recipe(TinyModel.Write(folder.File("model"))) with
        {
            EarlyStopping = new EarlyStopping { Patience = 2, MinDelta = 1e9 }, // Nothing is such an improvement but the first.
            Evaluation = new EvaluationPlan { Every = 4 },
            Budget = new Budget { Steps = 100 },
        };
        using var run = await recipe.RunAsync(TrainingRunTests.Options(folder) with { Evaluate = false });
        var record = RunFolder.Read<JsonObject>(Path.Combine(run.Folder, "run.json"));
        Assert.Equal((12, true), ((int)record["step"]!, (bool)record["stopped_early"]!));
        Assert.Equal(12, (int)record["best_step"]!); // The loss still fell, and the best model is the best whatever the patience says.
        Assert.True(Directory.Exists(Path.Combine(run.Folder, "checkpoints", "step-12")));
    }

    [Fact]
    public async Task Patience_begins_again_with_each_improvement_and_of_equals_the_first_is_kept()
    {
        using var folder = new TempFolder();
        var recipe = TinyModel.Recipe(TinyModel.Write(folder.File("model"))) with
        {
            Best = new Scripted { Scores = new([9, 1, 0, 2, 2, 0, 5]) }, // The first is of the model before.
            EarlyStopping = new EarlyStopping { Patience = 2 },
            Evaluation = new EvaluationPlan { Every = 1 },
            Budget = new Budget { Steps = 20 },
        };
        using var run = await recipe.RunAsync(TrainingRunTests.Options(folder) with { Evaluate = false });
        var record = RunFolder.Read<JsonObject>(Path.Combine(run.Folder, "run.json"));
        Assert.Equal((5, 3, 2.0), ((int)record["step"]!, (int)record["best_step"]!, (double)record["best_score"]!));
    }

    [Fact]
    public async Task A_metric_that_no_task_has_is_refused_before_the_first_step()
    {
        using var folder = new TempFolder();
        var recipe = TinyModel.Recipe(TinyModel.Write(folder.File("model"))) with { Best = new MetricCriterion { Name = "rouge_l" } };
        var mistake = await Assert.ThrowsAsync<WordException>(() => recipe.RunAsync(TrainingRunTests.Options(folder)));
        Assert.Contains(
            "best.metric: no task that counts has the metric 'rouge_l'; it has accuracy.",
            mistake.Message,
            StringComparison.Ordinal
        );
        recipe = recipe with { Best = new MetricCriterion { Name = "accuracy" } };
        var error = await Assert.ThrowsAsync<RunException>(() =>
            recipe.RunAsync(TrainingRunTests.Options(folder) with { Evaluate = false })
        );
        Assert.Contains("there are none", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopping_early_without_anything_to_go_by_is_refused_before_the_first_step()
    {
        using var folder = new TempFolder();
        var recipe = TinyModel.Recipe(TinyModel.Write(folder.File("model"))) with
        {
            EarlyStopping = new EarlyStopping(),
            Tasks = [new TaskShare(new LettersPrompt(new Unwatched()))],
        };
        var error = await Assert.ThrowsAsync<RunException>(() =>
            recipe.RunAsync(TrainingRunTests.Options(folder) with { Evaluate = false })
        );
        Assert.Contains("early_stopping has nothing to go by", error.Message, StringComparison.Ordinal);
        using var run = await (
            recipe with
            {
                EarlyStopping = null,
                Budget = new Budget { Steps = 3 },
            }
        ).RunAsync(TrainingRunTests.Options(folder) with { Evaluate = false });
        Assert.Equal(3, (int)RunFolder.Read<JsonObject>(Path.Combine(run.Folder, "run.json"))["best_step"]!); // The last.
    }

    /// <summary>Scores that were written down before.</summary>
    private sealed record Scripted : Criterion
    {
        public required Queue<double> Scores { get; init; }

        public override double? Score(double? loss, EvaluationReport? answers) => Scores.Dequeue();
    }

    private sealed class Unwatched() : LettersTask("unwatched")
    {
        public override Split Split => new RandomSplit { Validation = 0 };
    }

    [Fact]
    public void Scores_are_the_mean_over_tasks_and_languages_and_larger_is_better()
    {
        var report = new EvaluationReport([Task("one", "en", 0.5, 3), Task("one", "zh", 1, 5), Task("two", "en", 0, 1)]);
        Assert.Equal(
            0.5,
            new MetricCriterion { Name = "accuracy" }
                .Score(null, report)!
                .Value,
            1e-12
        );
        Assert.Equal(
            -3,
            new MetricCriterion { Name = "errors" }
                .Score(null, report)!
                .Value,
            1e-12
        );
        Assert.Equal(-2, new ValidationLoss().Score(2, null));
        Assert.Null(new ValidationLoss().Score(null, null));

        static TaskReport Task(string prompt, string language, double accuracy, double errors) =>
            new()
            {
                Prompt = prompt,
                Task = prompt,
                Language = language,
                Examples = 1,
                Unparsed = 0,
                Metrics = [new MetricScore("accuracy", accuracy, 0, 1), new MetricScore("errors", errors, 0, 9, HigherIsBetter: false)],
                Samples = [],
            };
    }
}
