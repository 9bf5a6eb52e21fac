using System.Diagnostics;
using TaskDsl.App.Sessions;

namespace TaskDsl.App.Tests;

/// <summary>A pipeline as a process that is killed again and again, whatever it is at.</summary>
[Trait("Category", "Long")]
public sealed class PipelineKillTests
{
    private const int Kills = 30;

    // What a clock writes is another each time.
    private static readonly string[] Results = ["model.safetensors", "metrics.jsonl", "table.json", "chosen.json", "examples.en.jsonl"];

    [Theory]
    [InlineData("self_training")]
    [InlineData("rounds")] // A group in rounds, and sweeps.
    public async Task Ends_with_the_same_bytes_in_every_steps_result(string pipeline)
    {
        using var straight = new TempFolder();
        using var killed = new TempFolder();
        var watch = Stopwatch.StartNew();
        Assert.Equal(ExitCode.Success, await RunAsync(straight, pipeline));
        var whole = watch.Elapsed;

        var random = new Random(7);
        var done = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            // Early and late instants alike: what is finished is passed over, so that each run gets further.
            using var child = Start(killed, pipeline);
            if (!child.WaitForExit(whole * random.NextDouble()))
                child.Kill(entireProcessTree: true);
            await child.WaitForExitAsync(TestContext.Current.CancellationToken);
            if (child.ExitCode == ExitCode.Success)
            {
                done++;
                Directory.Delete(killed.In(pipeline), recursive: true); // Once more from the beginning.
            }
        }

        Assert.Equal(ExitCode.Success, await RunAsync(killed, pipeline));
        Assert.InRange(done, 0, Kills / 2);
        Assert.Equal(Bytes(straight, pipeline), Bytes(killed, pipeline));
    }

    private static Dictionary<string, string> Bytes(TempFolder runs, string pipeline) =>
        Directory
            .GetFiles(runs.In(pipeline), "*", SearchOption.AllDirectories)
            .Where(file => Results.Contains(Path.GetFileName(file)) && !file.Contains("checkpoints", StringComparison.Ordinal))
            .ToDictionary(
                file => Path.GetRelativePath(runs.Path, file),
                file => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))
            );

    private static async Task<int> RunAsync(TempFolder runs, string pipeline)
    {
        using var child = Start(runs, pipeline);
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        return child.ExitCode;
    }

    private static Process Start(TempFolder runs, string pipeline)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(PipelineKillTests).Assembly.Location, "run", pipeline, "--out", runs.Path])
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
