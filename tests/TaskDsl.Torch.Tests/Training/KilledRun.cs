using System.Diagnostics;
using System.Globalization;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Training;

namespace TaskDsl.Torch.Tests.Training;

/// <summary>The test program as a child process that trains, one line of output a step, until it is done or killed.</summary>
internal static class KilledRun
{
    public static Process Start(string folder) => Process.Start(new ProcessStartInfo(Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal) ? Environment.ProcessPath : "dotnet")
    {
        ArgumentList = { "exec", typeof(KilledRun).Assembly.Location, "train", folder },
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    public static async Task<int> Main(string[] args)
    {
        if (args is not ["train", var folder])
        {
            await Console.Error.WriteLineAsync("Run the tests with 'dotnet test'.");
            return 2;
        }

        TorchRuntime.Threads = 1;
        var temp = new TempFolder(folder);
        var resume = File.Exists(temp.File("runs/tiny/run.json"));
        using var run = await ResumeTests.Recipe(temp).RunAsync(ResumeTests.Options(temp) with { Resume = resume }, new Steps());
        return 0;
    }

    private sealed class Steps : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Phase == RunPhase.Training) Console.WriteLine(value.Step.ToString(CultureInfo.InvariantCulture));
        }
    }
}
