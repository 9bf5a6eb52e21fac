using TaskDsl.Data;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Runs;
using TaskDsl.Torch.Training;
using Xunit;
using static TaskDsl.Torch.Tests.Training.ResumeTests;

namespace TaskDsl.Torch.Tests.Training;

/// <summary>What ends a run, and what is left of it.</summary>
public sealed class EndedRunTests : TorchTest
{
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
}
