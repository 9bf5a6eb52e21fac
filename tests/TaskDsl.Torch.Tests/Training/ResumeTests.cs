using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Criteria;
using TaskDsl.Torch.Decoding;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Runs;
using TaskDsl.Torch.Training;
using TaskDsl.Torch.Tuning;
using Xunit;

namespace TaskDsl.Torch.Tests.Training;

/// <summary>Runs that end early and go on: to the same numbers, bit for bit.</summary>
public sealed class ResumeTests : TorchTest
{
    public static TheoryData<string, int> Ways =>
        new()
        {
            { "full", 1 },
            { "full", 7 },
            { "lora", 7 },
            { "full", 20 },
        };

    [Theory, MemberData(nameof(Ways))]
    public async Task An_interrupted_run_goes_on_as_if_it_had_never_stopped(string tuning, int at)
    {
        using var folder = new TempFolder();
        var recipe = Recipe(folder) with { Tuning = tuning == "full" ? new Full() : new Lora() };
        var whole = await Trained(recipe with { Name = "whole" }, Options(folder));

        using var stop = new CancellationTokenSource();
        var interrupted = await Assert.ThrowsAsync<RunInterruptedException>(() =>
            recipe.RunAsync(
                Options(folder),
                new Each(p =>
                {
                    if (p.Step == at && p.Phase == RunPhase.Training)
                        stop.Cancel();
                }),
                stop.Token
            )
        );
        Assert.Equal(at, interrupted.Step);
        Assert.Contains("--resume", interrupted.Message, StringComparison.Ordinal);
        Assert.Equal("interrupted", (string?)RunFolder.Read<JsonObject>(folder.File("runs/tiny/run.json"))["status"]);

        Assert.Equal(whole, await Trained(recipe, Options(folder) with { Resume = true }));
        AssertSameFile(folder.File($"runs/whole/best/{Weights(tuning)}"), folder.File($"runs/tiny/best/{Weights(tuning)}"));
    }

    [Fact]
    public async Task A_damaged_checkpoint_is_passed_over()
    {
        using var folder = new TempFolder();
        var recipe = Recipe(folder);
        var whole = await Trained(recipe with { Name = "whole" }, Options(folder));
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAsync<RunInterruptedException>(() =>
            recipe.RunAsync(
                Options(folder),
                new Each(p =>
                {
                    if (p.Step == 13)
                        stop.Cancel();
                }),
                stop.Token
            )
        );
        var newest = folder.File("runs/tiny/checkpoints/step-13/optimizer.safetensors");
        await using (var file = File.OpenWrite(newest))
            file.SetLength(file.Length / 2);

        Assert.Equal(whole, await Trained(recipe, Options(folder) with { Resume = true }));
        Assert.Contains(
            "step-13 is damaged",
            (string?)RunFolder.Read<JsonObject>(folder.File("runs/tiny/run.json"))["warnings"]![0],
            StringComparison.Ordinal
        );
    }

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
    public async Task Where_there_is_no_run_there_is_nothing_to_resume()
    {
        using var folder = new TempFolder();
        var error = await Assert.ThrowsAsync<RunException>(() => Recipe(folder).RunAsync(Options(folder) with { Resume = true }));
        Assert.Contains("no run to resume", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_interrupted_before_it_began_is_started_again()
    {
        using var folder = new TempFolder();
        var interrupted = await Assert.ThrowsAsync<RunInterruptedException>(() =>
            Recipe(folder).RunAsync(Options(folder), null, new CancellationToken(canceled: true))
        );
        Assert.Contains("Start it again", interrupted.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_finished_run_is_read_back()
    {
        using var folder = new TempFolder();
        var recipe = Recipe(folder) with { Budget = new Budget { Steps = 5 } };
        using var first = await recipe.RunAsync(Options(folder) with { Evaluate = true });
        using var again = await recipe.RunAsync(Options(folder) with { Evaluate = true, Resume = true });
        Assert.Equivalent(first.After["letters", "en", "accuracy"], again.After["letters", "en", "accuracy"], strict: true); // With what was resampled.
        foreach (var (name, parameter) in first.Model.Decoder.Parameters)
            Close(parameter, again.Model.Decoder.Parameters[name], 0);
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
    public async Task A_folder_belongs_to_one_run_at_a_time()
    {
        using var folder = new TempFolder();
        var recipe = Recipe(folder) with { Budget = new Budget { Steps = 4 } };
        Task<FinishedRun>? second = null;
        using var first = await recipe.RunAsync(
            Options(folder),
            new Each(p =>
            {
                if (p is not { Phase: RunPhase.Training, Step: 2 })
                    return;
                second = recipe.RunAsync(Options(folder));
                ((IAsyncResult)second).AsyncWaitHandle.WaitOne();
            })
        );
        var error = await Assert.ThrowsAsync<RunException>(() => second!);
        Assert.Contains("Another run is going on in " + folder.File("runs/tiny"), error.Message, StringComparison.Ordinal);
        Assert.Equal(["tiny"], Directory.GetDirectories(folder.File("runs"), "tiny*").Select(Path.GetFileName));
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
    public async Task What_a_checkpoint_says_is_checked_as_its_weights_are()
    {
        using var folder = new TempFolder();
        var whole = await Trained(Recipe(folder) with { Name = "whole" }, Options(folder));
        await Interrupted(folder, Recipe(folder), 13);
        var state = folder.File("runs/tiny/checkpoints/step-13/state.json");
        await File.WriteAllTextAsync(
            state,
            (await File.ReadAllTextAsync(state)).Replace("\"step\": 13,", "\"step\": 14,", StringComparison.Ordinal)
        );
        File.Delete(folder.File("runs/tiny/checkpoints/step-12/SHA256SUMS"));

        Assert.Equal(whole, await Trained(Recipe(folder), Options(folder) with { Resume = true }));
        Assert.Contains("step-13 is damaged (state.json is not what was written)", Warnings(folder)[0], StringComparison.Ordinal);
        Assert.Contains("step-12 is damaged (Could not find file", Warnings(folder)[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Numbers_that_were_lost_are_missed()
    {
        using var folder = new TempFolder();
        var whole = await Trained(Recipe(folder) with { Name = "whole" }, Options(folder));
        await Interrupted(folder, Recipe(folder), 13);
        var metrics = folder.File("runs/tiny/metrics.jsonl");
        await using (var file = File.OpenWrite(metrics))
            file.SetLength(file.Length / 2); // In the midst of a line.
        var kept = (await File.ReadAllTextAsync(metrics)).Split('\n')[..^1];

        var lines = await Trained(Recipe(folder), Options(folder) with { Resume = true });
        Assert.Equal(kept, lines[..kept.Length]);
        Assert.Equal(whole[^(lines.Length - kept.Length)..], lines[kept.Length..]);
        Assert.Contains("is shorter than it was at step 13", Assert.Single(Warnings(folder)), StringComparison.Ordinal);
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
    public async Task An_interruption_says_what_is_saved_in_whatever_phase_it_comes()
    {
        using var folder = new TempFolder();
        var (recipe, options) = (Recipe(folder) with { Budget = new Budget { Steps = 9 } }, Options(folder) with { Evaluate = true });
        await Interrupted(folder, recipe, 0, RunPhase.EvaluatingBefore, options);
        Assert.Equal("interrupted", Status(folder).Status);
        await Interrupted(folder, recipe, 7, options: options with { Resume = true });
        var again = await Assert.ThrowsAsync<RunInterruptedException>(() =>
            recipe.RunAsync(options with { Resume = true }, null, new CancellationToken(canceled: true))
        );
        Assert.Equal(7, again.Step);
        var after = await Interrupted(folder, recipe, 0, RunPhase.EvaluatingAfter, options with { Resume = true });
        Assert.Equal((9, "interrupted", after.Message), (after.Step, Status(folder).Status, Status(folder).Message));
        (await recipe.RunAsync(options with { Resume = true })).Dispose();
        Assert.Equal(("finished", null), Status(folder));
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

    [Fact]
    public async Task A_log_that_cannot_be_written_leaves_the_others_closed()
    {
        using var folder = new TempFolder();
        await Interrupted(folder, Recipe(folder), 3);
        File.Move(folder.File("runs/tiny/times.jsonl"), folder.File("times"));
        Directory.CreateDirectory(folder.File("runs/tiny/times.jsonl"));
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => Recipe(folder).RunAsync(Options(folder) with { Resume = true }));
        Directory.Delete(folder.File("runs/tiny/times.jsonl"));
        File.Move(folder.File("times"), folder.File("runs/tiny/times.jsonl"));
        (await Recipe(folder).RunAsync(Options(folder) with { Resume = true })).Dispose();
    }

    [Fact]
    public async Task A_folder_that_is_taken_away_ends_its_run()
    {
        using var folder = new TempFolder();
        var error = await Assert.ThrowsAsync<RunException>(() =>
            Recipe(folder)
                .RunAsync(
                    Options(folder),
                    new Each(p =>
                    {
                        if (p is { Phase: RunPhase.Training, Step: 4 })
                            Directory.Move(folder.File("runs/tiny"), folder.File("runs/moved"));
                    })
                )
        );
        Assert.Contains("metrics.jsonl is no longer the file that this run writes", error.Message, StringComparison.Ordinal);
        Directory.Delete(folder.File("runs/tiny"), recursive: true); // The best model of step 5.
        Directory.Move(folder.File("runs/moved"), folder.File("runs/tiny"));
        var whole = await Trained(Recipe(folder) with { Name = "whole" }, Options(folder));
        Assert.Equal(whole, await Trained(Recipe(folder), Options(folder) with { Resume = true }));
    }

    [Fact]
    public void A_full_disk_is_one_whoever_tells_of_it()
    {
        var full = new IOException("No space left on device", OperatingSystem.IsWindows() ? 112 : 28);
        Assert.True(RunStorageException.IsFull(new DataException("the tokens cannot be written", full)));
        Assert.False(
            RunStorageException.IsFull(new DataException("the tokens cannot be written", new IOException("Read-only file system", 30)))
        );
    }

    [Fact]
    public async Task A_best_model_that_is_gone_is_missed_at_once()
    {
        using var folder = new TempFolder();
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
        Directory.Delete(folder.File("runs/tiny/best"), recursive: true);
        var error = await Assert.ThrowsAsync<RunException>(() => Recipe(folder).RunAsync(Options(folder) with { Resume = true }));
        Assert.Contains("its best model so far is no longer in", error.Message, StringComparison.Ordinal);
    }

    internal static Recipe Recipe(TempFolder folder) =>
        TinyModel.Recipe(Directory.Exists(folder.File("model")) ? folder.File("model") : TinyModel.Write(folder.File("model"))) with
        {
            Dropout = 0.1,
            Batch = new Batch
            {
                Rows = 2,
                SequenceLength = 32,
                Accumulation = 2,
            },
            Checkpoints = new CheckpointPlan { Every = 3 },
            Evaluation = new EvaluationPlan { Every = 5, MaxNewTokens = 4 },
            Budget = new Budget { Epochs = 30 },
        };

    internal static RunOptions Options(TempFolder folder) => new() { ProjectDirectory = folder.Path, Evaluate = false };

    /// <summary>Runs a recipe until a step of a phase, and ends it there.</summary>
    private static async Task<RunInterruptedException> Interrupted(
        TempFolder folder,
        Recipe recipe,
        int at,
        RunPhase phase = RunPhase.Training,
        RunOptions? options = null
    )
    {
        using var stop = new CancellationTokenSource();
        return await Assert.ThrowsAsync<RunInterruptedException>(() =>
            recipe.RunAsync(
                options ?? Options(folder),
                new Each(p =>
                {
                    if (p.Step == at && p.Phase == phase)
                        stop.Cancel();
                }),
                stop.Token
            )
        );
    }

    private static string[] Warnings(TempFolder folder) =>
        [.. RunFolder.Read<JsonObject>(folder.File("runs/tiny/run.json"))["warnings"]!.AsArray().Select(w => (string)w!)];

    private static (string? Status, string? Message) Status(TempFolder folder)
    {
        var record = RunFolder.Read<JsonObject>(folder.File("runs/tiny/run.json"));
        return ((string?)record["status"], (string?)record["message"]);
    }

    private static string Weights(string tuning) => tuning == "full" ? "model.safetensors" : "adapter_model.safetensors";

    private static async Task<string[]> Trained(Recipe recipe, RunOptions options)
    {
        using var run = await recipe.RunAsync(options);
        return Numbers(Path.Combine(run.Folder, "metrics.jsonl"));
    }

    /// <summary>A run's numbers.</summary>
    private static string[] Numbers(string metrics) => File.ReadAllLines(metrics);

    private static void AssertSameFile(string expected, string actual) =>
        Assert.Equal(File.ReadAllBytes(expected), File.ReadAllBytes(actual));

    private sealed class Each(Action<TrainingProgress> action) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => action(value);
    }
}
