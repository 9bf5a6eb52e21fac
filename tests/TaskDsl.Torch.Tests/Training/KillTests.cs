using System.Text.Json.Nodes;
using TaskDsl.Torch.Criteria;
using TaskDsl.Torch.Models.Weights;
using TaskDsl.Torch.Opening;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Runs;
using TaskDsl.Torch.Tuning;
using Xunit;

namespace TaskDsl.Torch.Tests.Training;

/// <summary>Runs whose process is killed, or whose disk is full: they go on to the same end, byte for byte.</summary>
public sealed class KillTests : TorchTest
{
    /// <summary>
    /// What is being written when a child is killed: each is a place where an older run left something that a newer one must understand.
    /// </summary>
    private static readonly string[] Places =
    [
        "checkpoints/step-",
        ".tmp/trained",
        ".tmp/optimizer",
        ".tmp/state",
        "best.tmp",
        "best.old",
        "tiny/best",
        "metrics.jsonl",
        "run.json",
        "evaluation.json",
    ];

    [Fact]
    public Task A_run_that_is_killed_at_any_instant_comes_to_the_same_end() => KilledEndsTheSame(instants: 4);

    [Fact, Trait("Category", "Long")]
    public Task A_run_that_is_killed_a_hundred_times_comes_to_the_same_end() => KilledEndsTheSame(instants: 100);

    /// <summary>Codes are not stored: they are made again of the base, which a resumed run must learn on as before.</summary>
    [Fact, Trait("Category", "Long")]
    public Task An_adapter_on_few_bits_that_is_killed_comes_to_the_same_end() => KilledEndsTheSame(instants: 20, onFewBits: true);

    [SmallDiskFact]
    public async Task A_full_disk_leaves_the_last_good_checkpoint_and_the_run_goes_on_once_there_is_space()
    {
        using var folder = new TempFolder();
        await Whole(folder);
        var checkpoint =
            Directory.GetFiles(Directory.GetDirectories(folder.File("runs/whole/checkpoints"))[0]).Sum(f => new FileInfo(f).Length) / 1024;
        // A disk of its own for the run's folder; what it holds at the end is copied from it. Too small for the best model and one
        // checkpoint; then for two checkpoints; then large enough.
        var script = $"""
            runs="$1/runs"; shift; mkdir -p "$runs/tiny" && mount -t tmpfs -o size={checkpoint}k tmpfs "$runs/tiny" || exit 99
            dotnet "$@"; echo "first: $?" >&2
            mount -o remount,size={checkpoint * 5 / 2}k "$runs/tiny"; dotnet "$@"; echo "second: $?" >&2
            mount -o remount,size={checkpoint * 20}k "$runs/tiny"; dotnet "$@"; echo "third: $?" >&2
            cp -r "$runs/tiny" "$runs/kept"
            """;
        using var child = ChildRun.Start(
            "unshare",
            ["--map-root-user", "--mount", "sh", "-c", script, "sh", folder.Path, .. ChildRun.Command(folder.Path)]
        );
        var (_, _, errors) = await child.EndAsync();
        var turns = errors.Split(["first: ", "second: ", "third: "], StringSplitOptions.None);
        Assert.Equal([$"{ChildRun.DiskFull}", $"{ChildRun.DiskFull}", "0"], [.. turns[1..].Select(t => t.Split('\n')[0])]);
        Assert.All(turns[..2], t => Assert.Contains("The disk is full: No space left on device", t, StringComparison.Ordinal));
        Assert.All(turns[..2], t => Assert.Contains("--resume", t, StringComparison.Ordinal));
        Assert.Contains("No checkpoint of the run", turns[0], StringComparison.Ordinal);
        Assert.Contains("is saved at step 3", turns[1], StringComparison.Ordinal);
        Directory.Delete(folder.File("runs/tiny")); // Where the disk was.
        Directory.Move(folder.File("runs/kept"), folder.File("runs/tiny"));
        Same(folder, []);
    }

    /// <summary>Accuracy decides which model is best and when to stop, so that both must survive a kill.</summary>
    internal static Recipe Recipe(TempFolder folder, bool onFewBits = false)
    {
        var recipe = ResumeTests.Recipe(folder) with
        {
            Best = new MetricCriterion { Name = "accuracy", Limit = 6 },
            EarlyStopping = new EarlyStopping { Patience = 3 },
            Optimizer = new Torch.Optimizers.AdamW { LearningRate = 3e-3 },
        };
        return onFewBits ? recipe with { Model = (Pretrained)recipe.Model with { Weights = new Nf4() }, Tuning = new Lora() } : recipe;
    }

    internal static RunOptions Options(TempFolder folder) => ResumeTests.Options(folder) with { Evaluate = true };

    /// <summary>A run whose process is killed in each place, and at so many random instants.</summary>
    private static async Task KilledEndsTheSame(int instants, bool onFewBits = false)
    {
        using var folder = new TempFolder();
        await Whole(folder, onFewBits);
        var seed = Environment.TickCount;
        var (random, killed, log) = (new Random(seed), 0, new List<string> { $"seed {seed}" });
        var places = new Queue<string>(Enumerable.Range(0, instants).Select(_ => "").Concat(Places));
        for (var turn = 0; places.TryDequeue(out var place); turn++)
        {
            var count = random.Next(1, 5);
            using var child = ChildRun.Start(folder.Path, place, count, onFewBits);
            if (place.Length == 0)
            {
                for (var lines = random.Next(0, 25); lines > 0 && await child.StandardOutput.ReadLineAsync() is not null; )
                    lines--;
                await Task.Delay(TimeSpan.FromMilliseconds(random.NextDouble() * 30));
                child.Kill(); // Whether it starts, reads, measures, trains or resumes.
            }

            var (code, output, errors) = await child.EndAsync();
            log.Add(
                $"{turn}. {(place.Length == 0 ? "any instant" : $"{place} {count}")}: exit {code} behind "
                    + $"'{output.TrimEnd().Split('\n')[^1]}'"
            );
            Assert.True(code is 0 or 137, $"{string.Join('\n', log)}\n{errors}");
            if (code == 137)
                killed++;
            if (code == 0 && places.Count > 0)
                Directory.Delete(folder.File("runs/tiny"), recursive: true); // Done too early: begin again.
        }

        using var last = ChildRun.Start(folder.Path, onFewBits: onFewBits);
        var end = await last.EndAsync();
        Assert.True(end.Code == 0, $"{string.Join('\n', log)}\n{end.Errors}");
        Assert.True(killed >= Places.Length, string.Join('\n', log));
        Same(folder, log);
    }

    private static async Task Whole(TempFolder folder, bool onFewBits = false)
    {
        using var run = await (Recipe(folder, onFewBits) with { Name = "whole" }).RunAsync(Options(folder));
        Assert.True((bool)RunFolder.Read<JsonObject>(folder.File("runs/whole/run.json"))["stopped_early"]!);
    }

    private static void Same(TempFolder folder, List<string> log)
    {
        foreach (var file in Directory.GetFiles(folder.File("runs/whole"), "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(folder.File("runs/whole"), file);
            if (
                name is "run.json" or "times.jsonl"
                || Path.GetFileName(name) is "state.json" or "SHA256SUMS"
                || name.Contains("tfevents", StringComparison.Ordinal)
            )
                continue;
            var other = folder.File($"runs/tiny/{name}");
            Assert.True(
                File.Exists(other) && File.ReadAllBytes(file).AsSpan().SequenceEqual(File.ReadAllBytes(other)),
                $"{name} is not the same\n{string.Join('\n', log)}"
            );
        }

        Assert.Empty(Directory.GetFileSystemEntries(folder.File("runs/tiny"), "*.tmp", SearchOption.AllDirectories));
        Assert.False(Directory.Exists(folder.File("runs/tiny/best.old")));
    }
}
