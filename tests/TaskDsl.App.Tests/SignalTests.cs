using System.Diagnostics;
using System.Runtime.InteropServices;
using TaskDsl.App.Sessions;

namespace TaskDsl.App.Tests;

/// <summary>The program as a process of its own, as a shell or a service sees it.</summary>
public sealed class SignalTests
{
    // A second and more of steps: the signal arrives in their midst on a busy machine too.
    private static readonly string[] Long = ["train", "tiny", "--set", "budget.epochs=400"];

    [Theory, InlineData(2), InlineData(15)]
    public async Task SIGINT_and_SIGTERM_save_the_run_and_the_same_words_with_resume_go_on(int signal)
    {
        using var folder = new TempFolder();
        using (var child = Start([.. Long, "--out", folder.Path]))
        {
            var errors = child.StandardError.ReadToEndAsync();
            while (await child.StandardOutput.ReadLineAsync() is { } line && !line.StartsWith("training", StringComparison.Ordinal)) { }

            Assert.Equal(0, Kill(child.Id, signal)); // A process of its own for it would be too late on a busy machine.
            await child.StandardOutput.ReadToEndAsync();
            await child.WaitForExitAsync();
            Assert.Equal(ExitCode.Interrupted, child.ExitCode);
            Assert.Contains("is saved at step", await errors, StringComparison.Ordinal);
            Assert.Contains($"train tiny --resume --out '{folder.Path}' --set 'budget.epochs=400'", await errors, StringComparison.Ordinal);
            Assert.NotEmpty(Directory.GetDirectories(folder.In("tiny", "checkpoints")));
        }

        Assert.Equal(ExitCode.Success, await End(Start([.. Long, "--out", folder.Path, "--resume"])));
        Assert.Equal(ExitCode.Success, await End(Start([.. Long, "--out", folder.In("whole")])));
        Assert.Equal(
            File.ReadAllBytes(folder.In("whole", "tiny", "best", "model.safetensors")),
            File.ReadAllBytes(folder.In("tiny", "best", "model.safetensors"))
        );
        Assert.Equal(File.ReadAllBytes(folder.In("whole", "tiny", "metrics.jsonl")), File.ReadAllBytes(folder.In("tiny", "metrics.jsonl")));
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);

    private static Process Start(string[] args) =>
        Process.Start(
            new ProcessStartInfo("dotnet", ["exec", typeof(SignalTests).Assembly.Location, .. args])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;

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
