using TaskDsl.App.Sessions;
using TaskDsl.Prompts;
using TaskDsl.Torch.Criteria;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Groupings;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Recipes;
using TaskDsl.Vocabulary;

namespace TaskDsl.App.Tests.Vocabulary;

/// <summary>The best model must be told by what the recipe's tasks have: a mistake wherever the recipe comes from.</summary>
public sealed class BestMetricTests
{
    private static Recipe Tiny => Recipes.Tiny;

    [Fact]
    public void A_metric_that_a_task_has_is_none()
    {
        Assert.Empty(Mistakes.In(By("accuracy")));
        Assert.Empty(Mistakes.In(By("validity") with { Evaluation = new EvaluationPlan { Constrained = false } }));
        Assert.Empty(Mistakes.In(By("accuracy") with { OneModelPer = new TaskGrouping() }));
    }

    [Theory]
    [InlineData("rouge_l")]
    [InlineData("acuracy")]
    [InlineData("validity")]
    public void A_metric_that_no_task_has_is_one(string name) =>
        Assert.Equal([$"best.metric: no task that counts has the metric '{name}'; they have accuracy, macro_f1."], Mistakes.In(By(name)));

    [Fact]
    public void What_is_never_answered_is_one()
    {
        Assert.Contains(
            "the prompt 'weather_short' is none that is trained on; ",
            Assert.Single(Mistakes.In(By("accuracy", TaskCatalog.Default.Prompts.Single(p => p.Name == "weather_short")))),
            StringComparison.Ordinal
        );
        Assert.Equal(
            ["best.metric: it needs answers, and the recipe's tasks are none. Use best: validation_loss."],
            Mistakes.In(By("accuracy") with { Tasks = [.. Tiny.Tasks.Select(task => task with { Weight = 0 })] })
        );
        Assert.Equal(
            ["best.metric: it needs answers, and the recipe's objective teaches none. Use best: validation_loss."],
            Mistakes.In(By("accuracy") with { Objective = new MaskedLm() })
        );
    }

    [Fact]
    public async Task The_command_line_says_it_before_anything_runs()
    {
        using var folder = new TempFolder();
        var (code, printed) = await Desk.RunAsync("train", "tiny", "--out", folder.Path, "--set", "best.metric=rouge_l");
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Contains("best.metric: no task that counts has the metric 'rouge_l'", printed, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    private static Recipe By(string metric, Prompt? prompt = null) =>
        Tiny with
        {
            Best = new MetricCriterion { Name = metric, Prompt = prompt },
        };
}
