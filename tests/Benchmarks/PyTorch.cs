using System.Diagnostics;

namespace TaskDsl.Benchmarks;

/// <summary>
/// Programs in PyTorch: the system's (Debian: <c>python3-torch</c>, and <c>libopenblas0-pthread</c>, without which its matrix products take
/// thirty times as long), or that of the Python, or the script that starts one, which <c>TASKDSL_PYTHON</c> names.
/// </summary>
internal static class PyTorch
{
    private static readonly string Python = Environment.GetEnvironmentVariable("TASKDSL_PYTHON") ?? "/usr/bin/python3";

    /// <summary>Whether there is one; says so where there is none.</summary>
    public static bool IsThere
    {
        get
        {
            if (File.Exists(Python) && Start("-c", "import torch, numpy").ExitCode == 0)
                return true;
            Console.WriteLine($"skipped: {Python} has no PyTorch. apt-get install python3-torch libopenblas0-pthread");
            return false;
        }
    }

    /// <summary>Runs a program that lies beside this one and gives the lines that it printed.</summary>
    public static string[] Run(string program, params string[] args)
    {
        var (exitCode, lines, errors) = Start([Path.Combine(AppContext.BaseDirectory, program), .. args]);
        return exitCode == 0 ? lines : throw new InvalidOperationException($"{Python} {program} ended with {exitCode}: {errors}");
    }

    private static (int ExitCode, string[] Lines, string Errors) Start(params string[] args)
    {
        var start = new ProcessStartInfo(Python, args) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        return (process.ExitCode, lines, errors.Result);
    }
}
