using System.Diagnostics;

namespace TaskDsl.Generators.Tests.Packaging;

/// <summary>Runs <c>dotnet</c> as a user does.</summary>
internal static class Dotnet
{
    /// <summary>The repository's root.</summary>
    public static string Repository { get; } = Up(AppContext.BaseDirectory, "TaskDsl.sln");

    /// <summary>The configuration that this test was built in; what it packs was built with it.</summary>
    public static string Configuration { get; } =
        new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)).Parent!.Name;

    /// <summary>Runs a command and returns its exit code and all that it prints.</summary>
    public static (int ExitCode, string Output) Run(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // The test host's own settings are not the user's.
        foreach (
            var name in start
                .Environment.Keys.Where(n =>
                    n.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)
                    || n.StartsWith("VSTEST", StringComparison.OrdinalIgnoreCase)
                )
                .ToList()
        )
            start.Environment.Remove(name);
        // A server that outlives the command would hold its output open.
        (start.Environment["MSBUILDDISABLENODEREUSE"], start.Environment["UseSharedCompilation"]) = ("1", "false");
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }

    /// <summary>Runs a command that must succeed.</summary>
    public static string Do(string folder, params string[] arguments)
    {
        var (exitCode, output) = Run(folder, arguments);
        Assert.True(exitCode == 0, $"dotnet {string.Join(' ', arguments)} failed:\n{output}");
        return output;
    }

    private static string Up(string folder, string file) =>
        File.Exists(Path.Combine(folder, file))
            ? folder
            : Up(Path.GetDirectoryName(folder.TrimEnd(Path.DirectorySeparatorChar)) ?? throw new DirectoryNotFoundException(file), file);
}
