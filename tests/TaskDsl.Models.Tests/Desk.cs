using System.Diagnostics;
using System.Runtime.CompilerServices;
using Spectre.Console;
using TaskDsl.App;
using Xunit.Sdk;
using Xunit.v3;

[assembly: Parallelization(Mode = ParallelMode.None)] // The cache's place is the process's.

namespace TaskDsl.Models.Tests;

/// <summary>This project's command line, in this process or another.</summary>
internal static class Desk
{
    /// <summary>The cache of these tests, kept from run to run: a whole one is checked in it each time.</summary>
    public static string Cache { get; } = Path.Combine(AppContext.BaseDirectory, "cache");

    [ModuleInitializer]
    internal static void UseOwnCache()
    {
        if (Environment.GetEnvironmentVariable("TASKDSL_CACHE") is null)
            Environment.SetEnvironmentVariable("TASKDSL_CACHE", Cache);
    }

    public static async Task<(int Code, string Printed)> RunAsync(params string[] args)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.No,
                ColorSystem = ColorSystemSupport.NoColors,
                Interactive = InteractionSupport.No,
                Out = new AnsiConsoleOutput(text),
            }
        );
        console.Profile.Width = 4000;
        var code = await TaskApp.RunAsync(args, TaskCatalog.Default, console);
        return (code, text.ToString());
    }

    /// <summary>Starts it in a process of its own, with a cache of its own.</summary>
    public static Process Start(string cache, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Desk).Assembly.Location, .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["TASKDSL_CACHE"] = cache;
        return Process.Start(start)!;
    }

    public static async Task<(int Code, string Printed)> EndAsync(Process process, string input = "")
    {
        using (process)
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            await process.WaitForExitAsync();
            return (process.ExitCode, await output + await errors);
        }
    }
}
