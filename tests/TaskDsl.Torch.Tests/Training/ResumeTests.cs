using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Training;
using TaskDsl.Torch.Tuning;
using Xunit;

namespace TaskDsl.Torch.Tests.Training;

/// <summary>Runs that end early and go on: to the same numbers, bit for bit.</summary>
public sealed class ResumeTests : TorchTest
{
    public static TheoryData<string, int> Ways => new() { { "full", 1 }, { "full", 7 }, { "lora", 7 }, { "full", 20 } };

    [Theory, MemberData(nameof(Ways))]
    public async Task An_interrupted_run_goes_on_as_if_it_had_never_stopped(string tuning, int at)
    {
        using var folder = new TempFolder();
        var recipe = Recipe(folder) with { Tuning = tuning == "full" ? new Full() : new Lora() };
        var whole = await Trained(recipe with { Name = "whole" }, Options(folder));

        using var stop = new CancellationTokenSource();
        var interrupted = await Assert.ThrowsAsync<RunInterruptedException>(() => recipe.RunAsync(Options(folder), new Each(p => { if (p.Step == at && p.Phase == RunPhase.Training) stop.Cancel(); }), stop.Token));
        Assert.Equal(at, interrupted.Step);
        Assert.Contains("--resume", interrupted.Message, StringComparison.Ordinal);
        Assert.Equal("interrupted", (string?)RunFolder.ReadObject(folder.File("runs/tiny/run.json"))["status"]);

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
        await Assert.ThrowsAsync<RunInterruptedException>(() => recipe.RunAsync(Options(folder), new Each(p => { if (p.Step == 13) stop.Cancel(); }), stop.Token));
        var newest = folder.File("runs/tiny/checkpoints/step-13/optimizer.safetensors");
        await using (var file = File.OpenWrite(newest)) file.SetLength(file.Length / 2);

        Assert.Equal(whole, await Trained(recipe, Options(folder) with { Resume = true }));
        Assert.Contains("step-13 is damaged", (string?)RunFolder.ReadObject(folder.File("runs/tiny/run.json"))["warnings"]![0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_whose_recipe_changed_is_not_resumed()
    {
        using var folder = new TempFolder();
        var recipe = Recipe(folder);
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAsync<RunInterruptedException>(() => recipe.RunAsync(Options(folder), new Each(p => { if (p.Step == 3) stop.Cancel(); }), stop.Token));
        var error = await Assert.ThrowsAsync<RunException>(() => (recipe with { ClipNorm = 0.5, Device = "auto" }).RunAsync(Options(folder) with { Resume = true }));
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
        var interrupted = await Assert.ThrowsAsync<RunInterruptedException>(() => Recipe(folder).RunAsync(Options(folder), null, new CancellationToken(canceled: true)));
        Assert.Contains("Start it again", interrupted.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_finished_run_is_read_back()
    {
        using var folder = new TempFolder();
        var recipe = Recipe(folder) with { Budget = new Budget { Steps = 5 } };
        using var first = await recipe.RunAsync(Options(folder) with { Evaluate = true });
        using var again = await recipe.RunAsync(Options(folder) with { Evaluate = true, Resume = true });
        Assert.Equal(first.After["letters", "en", "accuracy"], again.After["letters", "en", "accuracy"]);
        foreach (var (name, parameter) in first.Model.Decoder.Parameters) Close(parameter, again.Model.Decoder.Parameters[name], 0);
    }

    [Fact]
    public async Task A_run_that_is_killed_at_any_instant_comes_to_the_same_end()
    {
        using var folder = new TempFolder();
        var recipe = Recipe(folder);
        var whole = await Trained(recipe with { Name = "whole" }, Options(folder));
        var random = new Random(3);
        var kills = 0;
        while (kills < 6)
        {
            using var child = KilledRun.Start(folder.Path);
            var steps = random.Next(1, 14);
            while (steps-- > 0 && await child.StandardOutput.ReadLineAsync() is not null)
            {
            }

            await Task.Delay(TimeSpan.FromMilliseconds(random.NextDouble() * 10));
            if (child.HasExited) break;
            child.Kill();
            kills++;
            await child.WaitForExitAsync();
        }

        Assert.True(kills == 6, $"only {kills} kills came before the run's end");
        using var last = KilledRun.Start(folder.Path);
        var errors = last.StandardError.ReadToEndAsync();
        while (await last.StandardOutput.ReadLineAsync() is not null)
        {
        }

        await last.WaitForExitAsync();
        Assert.True(last.ExitCode == 0, await errors);
        Assert.Equal(whole, Numbers(folder.File("runs/tiny/metrics.jsonl")));
        AssertSameFile(folder.File("runs/whole/best/model.safetensors"), folder.File("runs/tiny/best/model.safetensors"));
    }

    internal static Recipe Recipe(TempFolder folder) => TinyModel.Recipe(Directory.Exists(folder.File("model")) ? folder.File("model") : TinyModel.Write(folder.File("model"))) with
    {
        Dropout = 0.1,
        Batch = new Batch { Rows = 2, SequenceLength = 32, Accumulation = 2 },
        Checkpoints = new CheckpointPlan { Every = 3 },
        Evaluation = new EvaluationPlan { Every = 5, MaxNewTokens = 4 },
        Budget = new Budget { Epochs = 30 },
    };

    internal static RunOptions Options(TempFolder folder) => new() { ProjectDirectory = folder.Path, Evaluate = false };

    private static string Weights(string tuning) => tuning == "full" ? "model.safetensors" : "adapter_model.safetensors";

    private static async Task<string[]> Trained(Recipe recipe, RunOptions options)
    {
        using var run = await recipe.RunAsync(options);
        return Numbers(Path.Combine(run.Folder, "metrics.jsonl"));
    }

    /// <summary>A run's numbers without its speed.</summary>
    private static string[] Numbers(string metrics) => [.. File.ReadLines(metrics).Select(line => line.Split(",\"tokens_per_second\"")[0])];

    private static void AssertSameFile(string expected, string actual) => Assert.Equal(File.ReadAllBytes(expected), File.ReadAllBytes(actual));

    private sealed class Each(Action<TrainingProgress> action) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => action(value);
    }
}
