using System.Text.Json.Nodes;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Models.Weights;
using TaskDsl.Torch.Opening;
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
            { "nf4", 7 },
        };

    [Theory, MemberData(nameof(Ways))]
    public async Task An_interrupted_run_goes_on_as_if_it_had_never_stopped(string tuning, int at)
    {
        using var folder = new TempFolder();
        var recipe = Recipe(folder) with { Tuning = tuning == "full" ? new Full() : new Lora() };
        if (tuning == "nf4")
            recipe = recipe with { Model = (Pretrained)recipe.Model with { Weights = new Nf4() } };
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
        // With what was resampled.
        Assert.Equivalent(first.After["letters", "en", "accuracy"], again.After["letters", "en", "accuracy"], strict: true);
        foreach (var (name, parameter) in first.Model.Decoder.Parameters)
            Close(parameter, again.Model.Decoder.Parameters[name], 0);
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
    internal static async Task<RunInterruptedException> Interrupted(
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

    internal static string[] Warnings(TempFolder folder) =>
        [.. RunFolder.Read<JsonObject>(folder.File("runs/tiny/run.json"))["warnings"]!.AsArray().Select(w => (string)w!)];

    internal static (string? Status, string? Message) Status(TempFolder folder)
    {
        var record = RunFolder.Read<JsonObject>(folder.File("runs/tiny/run.json"));
        return ((string?)record["status"], (string?)record["message"]);
    }

    internal static string Weights(string tuning) => tuning == "full" ? "model.safetensors" : "adapter_model.safetensors";

    internal static async Task<string[]> Trained(Recipe recipe, RunOptions options)
    {
        using var run = await recipe.RunAsync(options);
        return Numbers(Path.Combine(run.Folder, "metrics.jsonl"));
    }

    /// <summary>A run's numbers.</summary>
    internal static string[] Numbers(string metrics) => File.ReadAllLines(metrics);

    internal static void AssertSameFile(string expected, string actual) =>
        Assert.Equal(File.ReadAllBytes(expected), File.ReadAllBytes(actual));

    internal sealed class Each(Action<TrainingProgress> action) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => action(value);
    }
}
