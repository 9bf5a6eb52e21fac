using System.Diagnostics;
using System.Globalization;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Runs;
using TaskDsl.Torch.Training;
using Xunit.Runner.InProc.SystemConsole;

namespace TaskDsl.Torch.Tests.Training;

/// <summary>
/// The test program as a child process that trains, or goes on with the run that is there: one line of output a step, until it is done,
/// fails, or is killed; by itself where it is told to, at the n-th change of a file whose path has some text in it.
/// </summary>
internal static class ChildRun
{
    public const int DiskFull = 74;

    /// <summary>The child's command line.</summary>
    public static string[] Command(string folder, string killAt = "", int count = 0, bool onFewBits = false) =>
        [
            "exec",
            typeof(ChildRun).Assembly.Location,
            onFewBits ? "train-on-few-bits" : "train",
            folder,
            killAt,
            count.ToString(CultureInfo.InvariantCulture),
        ];

    public static Process Start(string folder, string killAt = "", int count = 0, bool onFewBits = false) =>
        Start("dotnet", Command(folder, killAt, count, onFewBits));

    public static Process Start(string program, params IEnumerable<string> arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;

    /// <summary>Waits for a child's end.</summary>
    /// <returns>Its exit code, and what it printed.</returns>
    public static async Task<(int Code, string Output, string Errors)> EndAsync(this Process child)
    {
        var (output, errors) = (child.StandardOutput.ReadToEndAsync(), child.StandardError.ReadToEndAsync());
        await child.WaitForExitAsync();
        return (child.ExitCode, await output, await errors);
    }

    public static async Task<int> Main(string[] args)
    {
        if (args is ["peak", var shape])
            return ForecastTests.Peak(shape);
        if (args is ["growth"])
            return await NativeMemoryTests.GrowthAsync();
        if (args is not [("train" or "train-on-few-bits") and var how, var folder, var killAt, var count])
            return await ConsoleRunner.Run(args); // 'dotnet test' starts this program as what runs the tests.

        TorchRuntime.Threads = 1;
        var temp = new TempFolder(folder);
        Directory.CreateDirectory(temp.File("runs"));
        using var killer = killAt.Length > 0 ? KillAt(temp.File("runs"), killAt, int.Parse(count, CultureInfo.InvariantCulture)) : null;
        try
        {
            using var run = await KillTests
                .Recipe(temp, onFewBits: how == "train-on-few-bits")
                .RunAsync(KillTests.Options(temp) with { Resume = File.Exists(temp.File("runs/tiny/run.json")) }, new Steps());
            return 0;
        }
        catch (RunStorageException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return DiskFull;
        }
    }

    private static FileSystemWatcher KillAt(string folder, string text, int count)
    {
        var watcher = new FileSystemWatcher(folder)
        {
            IncludeSubdirectories = true,
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size,
        };
        watcher.Created += Seen;
        watcher.Changed += Seen;
        watcher.Deleted += Seen;
        watcher.Renamed += Seen;
        watcher.EnableRaisingEvents = true;
        return watcher;

        void Seen(object sender, FileSystemEventArgs e)
        {
            if (e.FullPath.Contains(text, StringComparison.Ordinal) && Interlocked.Decrement(ref count) == 0)
                Process.GetCurrentProcess().Kill();
        }
    }

    private sealed class Steps : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) =>
            Console.WriteLine($"{value.Phase} {value.Step.ToString(CultureInfo.InvariantCulture)}");
    }
}
