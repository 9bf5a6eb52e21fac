using System.Diagnostics;
using TaskDsl.App.Sessions;

namespace TaskDsl.App.Tests;

/// <summary>A pipeline on a disk that is full, and then no longer.</summary>
public sealed class FullDiskTests
{
    [Fact]
    public async Task A_step_says_so_and_the_pipeline_goes_on_once_there_is_space()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "A small disk is mounted by Linux's unshare.");
        using var folder = new TempFolder();
        var script = """
            mount -t tmpfs -o size=300k tmpfs "$1" || exit 99
            dotnet "$2" run self_training --out "$1"; echo "first: $?" >&2
            mount -o remount,size=100m "$1"
            dotnet "$2" run self_training --out "$1"; echo "second: $?" >&2
            """;
        var start = new ProcessStartInfo(
            "unshare",
            ["--map-root-user", "--mount", "sh", "-c", script, "sh", folder.Path, typeof(FullDiskTests).Assembly.Location]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var child = Process.Start(start)!;
        var output = child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = await child.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await output;
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Contains($"first: {ExitCode.DiskFull}\n", errors, StringComparison.Ordinal);
        Assert.Contains("error: step 'teacher': The disk is full: No space left on device", errors, StringComparison.Ordinal);
        Assert.Contains("Free some space, then run the pipeline again: it goes on.", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("--resume", errors, StringComparison.Ordinal); // So goes on a run that stands alone.
        Assert.Contains("second: 0\n", errors, StringComparison.Ordinal);
    }
}
