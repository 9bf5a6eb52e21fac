using System.Text.Json.Nodes;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Criteria;
using TaskDsl.Torch.Decoding;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Runs;
using TaskDsl.Torch.Training;
using Xunit;
using static TaskDsl.Torch.Tests.Training.ResumeTests;

namespace TaskDsl.Torch.Tests.Training;

/// <summary>What may change between a run and its resumption, and what may not.</summary>
public sealed class ChangedRunTests : TorchTest
{
    [Fact]
    public async Task A_run_whose_recipe_changed_is_not_resumed()
    {
        using var folder = new TempFolder();
        var recipe = Recipe(folder);
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAsync<RunInterruptedException>(() =>
            recipe.RunAsync(
                Options(folder),
                new Each(p =>
                {
                    if (p.Step == 3)
                        stop.Cancel();
                }),
                stop.Token
            )
        );
        var error = await Assert.ThrowsAsync<RunException>(() =>
            (recipe with { ClipNorm = 0.5, Device = "auto" }).RunAsync(Options(folder) with { Resume = true })
        );
        Assert.Contains("recipe.clip_norm: was 1, is 0.5", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("recipe.device", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_goes_on_with_as_many_threads_as_it_began_with()
    {
        using var folder = new TempFolder();
        TorchRuntime.Threads = 2;
        var whole = await Trained(Recipe(folder) with { Name = "whole" }, Options(folder));
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAsync<RunInterruptedException>(() =>
            Recipe(folder)
                .RunAsync(
                    Options(folder),
                    new Each(p =>
                    {
                        if (p.Step == 7)
                            stop.Cancel();
                    }),
                    stop.Token
                )
        );
        TorchRuntime.Threads = 1;
        var (during, notices) = (0, new List<string>());
        using (
            await Recipe(folder)
                .RunAsync(
                    Options(folder) with
                    {
                        Resume = true,
                    },
                    new Each(p =>
                    {
                        during = p.Phase == RunPhase.Training ? TorchRuntime.Threads : during;
                        notices.AddRange(p.Notice is { } n ? [n] : []);
                    })
                )
        )
            Assert.Equal(whole, Numbers(folder.File("runs/tiny/metrics.jsonl")));
        Assert.Equal(2, during);
        Assert.Equal(1, TorchRuntime.Threads);
        Assert.Contains(notices, n => n.Contains("2 threads, as the run did before", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_decides_which_model_is_best_cannot_change_in_the_middle()
    {
        using var folder = new TempFolder();
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAsync<RunInterruptedException>(() =>
            Recipe(folder)
                .RunAsync(
                    Options(folder),
                    new Each(p =>
                    {
                        if (p.Step == 3)
                            stop.Cancel();
                    }),
                    stop.Token
                )
        );
        var error = await Assert.ThrowsAsync<RunException>(() =>
            (
                Recipe(folder) with
                {
                    EarlyStopping = new EarlyStopping { Patience = 1 },
                    Evaluation = new EvaluationPlan
                    {
                        Every = 7,
                        Rows = 1,
                        MaxNewTokens = 3,
                        Decoding = new Beam(),
                    },
                }
            ).RunAsync(Options(folder) with { Resume = true })
        );
        Assert.Contains("recipe.early_stopping: was absent, is {", error.Message, StringComparison.Ordinal);
        Assert.Contains("recipe.evaluation.every: was 5, is 7", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("rows", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("decoding", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_prompt_or_a_teacher_that_changed_is_noticed()
    {
        using var folder = new TempFolder();
        var recipe = Recipe(folder) with { Objective = new Distillation { Teacher = TinyModel.Write(folder.File("teacher")) } };
        await Interrupted(folder, recipe, 3);
        await File.AppendAllTextAsync(folder.File("teacher/config.json"), " ");
        var prompt = new LettersPrompt(new LettersTask(), phrasings: 1);
        var error = await Assert.ThrowsAsync<RunException>(() =>
            (recipe with { Tasks = [new TaskShare(prompt)] }).RunAsync(Options(folder) with { Resume = true })
        );
        Assert.Contains("data.letters.prompt_fingerprint: was ", error.Message, StringComparison.Ordinal);
        Assert.Contains($"model.others.{folder.File("teacher")}: was ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Before_and_after_are_measured_alike_whatever_changed_in_between()
    {
        using var folder = new TempFolder();
        var (recipe, options) = (
            Recipe(folder) with
            {
                Budget = new Budget { Steps = 9 },
                Evaluation = new EvaluationPlan
                {
                    Every = 5,
                    MaxNewTokens = 4,
                    Limit = 2,
                },
            },
            Options(folder) with
            {
                Evaluate = true,
            }
        );
        await Interrupted(folder, recipe, 7, options: options);
        recipe = recipe with { Evaluation = recipe.Evaluation with { Limit = 3 } };
        using (var run = await recipe.RunAsync(options with { Resume = true }))
            Assert.Equal((3, 3), (run.Before.Tasks[0].Examples, run.After.Tasks[0].Examples));
        Assert.Equal(3, (int?)RunFolder.Read<JsonObject>(folder.File("runs/tiny/run.json"))["recipe"]!["evaluation"]!["limit"]);

        // What is measured stays, whatever becomes of going on; what cannot be read is measured again.
        var evaluation = folder.File("runs/tiny/evaluation.json");
        var measured = await File.ReadAllBytesAsync(evaluation);
        await Assert.ThrowsAsync<RunInterruptedException>(() =>
            recipe.RunAsync(options with { Resume = true }, null, new CancellationToken(canceled: true))
        );
        Assert.Equal(measured, await File.ReadAllBytesAsync(evaluation));
        await File.WriteAllBytesAsync(evaluation, measured[..^9]);
        (await recipe.RunAsync(options with { Resume = true })).Dispose();
        Assert.Equal(measured, await File.ReadAllBytesAsync(evaluation));
        Assert.Contains("evaluation.json: error: this is not what a run writes", Warnings(folder)[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_answers_choose_the_best_model_the_way_they_are_produced_cannot_change()
    {
        using var folder = new TempFolder();
        var recipe = Recipe(folder) with { Best = new MetricCriterion { Name = "accuracy" } };
        await Interrupted(folder, recipe, 3, options: Options(folder) with { Evaluate = true });
        recipe = recipe with { Evaluation = recipe.Evaluation with { Constrained = false, Limit = 2, Decoding = new Beam() } };
        var error = await Assert.ThrowsAsync<RunException>(() => recipe.RunAsync(Options(folder) with { Evaluate = true, Resume = true }));
        Assert.Contains("recipe.evaluation.constrained: was true, is false", error.Message, StringComparison.Ordinal);
        Assert.Contains("recipe.evaluation.decoding: was absent, is {\"beam\":{", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("limit", error.Message, StringComparison.Ordinal);
    }
}
