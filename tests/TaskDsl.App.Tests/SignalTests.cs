using System.Diagnostics;
using System.Globalization;

namespace TaskDsl.App.Tests;

/// <summary>The program as a process of its own, as a shell or a service sees it.</summary>
public sealed class SignalTests
{
    // A second and more of steps: the signal arrives in their midst on a busy machine too.
    private static readonly string[] Long = ["train", "tiny", "--set", "budget.epochs=400"];

    [Theory, InlineData("INT"), InlineData("TERM")]
    public async Task A_signal_saves_the_run_and_the_same_words_with_resume_go_on(string signal)
    {
        using var folder = new TempFolder();
        using (var child = Start([.. Long, "--out", folder.Path]))
        {
            var errors = child.StandardError.ReadToEndAsync();
            while (await child.StandardOutput.ReadLineAsync() is { } line && !line.StartsWith("training", StringComparison.Ordinal))
            {
            }

            using (var kill = Process.Start("kill", [$"-{signal}", child.Id.ToString(CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync();
            await child.StandardOutput.ReadToEndAsync();
            await child.WaitForExitAsync();
            Assert.Equal(TaskApp.Interrupted, child.ExitCode);
            Assert.Contains("is saved at step", await errors, StringComparison.Ordinal);
            Assert.Contains($"train tiny --resume --out '{folder.Path}' --set 'budget.epochs=400'", await errors, StringComparison.Ordinal);
            Assert.NotEmpty(Directory.GetDirectories(folder.In("tiny", "checkpoints")));
        }

        Assert.Equal(TaskApp.Success, await End(Start([.. Long, "--out", folder.Path, "--resume"])));
        Assert.Equal(TaskApp.Success, await End(Start([.. Long, "--out", folder.In("whole")])));
        Assert.Equal(File.ReadAllBytes(folder.In("whole", "tiny", "best", "model.safetensors")), File.ReadAllBytes(folder.In("tiny", "best", "model.safetensors")));
        Assert.Equal(File.ReadAllBytes(folder.In("whole", "tiny", "metrics.jsonl")), File.ReadAllBytes(folder.In("tiny", "metrics.jsonl")));
    }

    private static Process Start(string[] args) => Process.Start(new ProcessStartInfo("dotnet", ["exec", typeof(SignalTests).Assembly.Location, .. args]) { RedirectStandardOutput = true, RedirectStandardError = true })!;

    private static async Task<int> End(Process child)
    {
        using (child)
        {
            var rest = child.StandardError.ReadToEndAsync();
            await child.StandardOutput.ReadToEndAsync();
            await rest;
            await child.WaitForExitAsync();
            return child.ExitCode;
        }
    }
}
