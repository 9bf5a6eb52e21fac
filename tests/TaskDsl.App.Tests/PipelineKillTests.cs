using System.Diagnostics;
using TaskDsl.App.Sessions;

namespace TaskDsl.App.Tests;

/// <summary>A pipeline as a process that is killed again and again, whatever it is at.</summary>
[Trait("Category", "Long")]
public sealed class PipelineKillTests
{
    private const int Kills = 30;

    // What a clock writes is another each time.
    private static readonly string[] Results = ["model.safetensors", "metrics.jsonl", "table.json", "examples.en.jsonl"];

    [Fact]
    public async Task Ends_with_the_same_bytes_in_every_steps_result()
    {
        using var straight = new TempFolder();
        using var killed = new TempFolder();
        var watch = Stopwatch.StartNew();
        Assert.Equal(ExitCode.Success, await RunAsync(straight));
        var whole = watch.Elapsed;

        var random = new Random(7);
        var done = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            // Early and late instants alike: what is finished is passed over, so that each run gets further.
            using var child = Start(killed);
            if (!child.WaitForExit(whole * random.NextDouble()))
                child.Kill(entireProcessTree: true);
            await child.WaitForExitAsync(TestContext.Current.CancellationToken);
            if (child.ExitCode == ExitCode.Success)
            {
                done++;
                Directory.Delete(killed.In("self_training"), recursive: true); // Once more from the beginning.
            }
        }

        Assert.Equal(ExitCode.Success, await RunAsync(killed));
        Assert.InRange(done, 0, Kills / 2);
        Assert.Equal(Bytes(straight), Bytes(killed));
    }

    private static Dictionary<string, string> Bytes(TempFolder runs) =>
        Directory
            .GetFiles(runs.In("self_training"), "*", SearchOption.AllDirectories)
            .Where(file => Results.Contains(Path.GetFileName(file)) && !file.Contains("checkpoints", StringComparison.Ordinal))
            .ToDictionary(
                file => Path.GetRelativePath(runs.Path, file),
                file => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))
            );

    private static async Task<int> RunAsync(TempFolder runs)
    {
        using var child = Start(runs);
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        return child.ExitCode;
    }

    private static Process Start(TempFolder runs)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [typeof(PipelineKillTests).Assembly.Location, "run", "self_training", "--out", runs.Path]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var child = Process.Start(start)!;
        child.BeginOutputReadLine(); // A full pipe would hold it up.
        child.BeginErrorReadLine();
        return child;
    }
}
