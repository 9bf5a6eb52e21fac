using System.Diagnostics;
using System.Globalization;

namespace TaskDsl.Benchmarks;

/// <summary>This program once more, for one measurement: its memory is its own from the first byte.</summary>
internal static class Child
{
    /// <summary>Runs it and gives the numbers that it printed on its last line.</summary>
    public static double[] Run(params ReadOnlySpan<string> args)
    {
        var program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
            start.ArgumentList.Add(typeof(Child).Assembly.Location);
        foreach (var arg in args)
            start.ArgumentList.Add(arg);
        using var process = Process.Start(start)!;
        var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"'{string.Join(' ', args.ToArray())}' ended with {process.ExitCode}.");
        return [.. lines[^1].Split(' ').Select(n => double.Parse(n, CultureInfo.InvariantCulture))];
    }

    /// <summary>What <see cref="Run"/> reads.</summary>
    public static void Answer(params double[] numbers) =>
        Console.WriteLine(string.Join(' ', numbers.Select(n => n.ToString("R", CultureInfo.InvariantCulture))));

    /// <summary>
    /// A line of <c>/proc/self/status</c> in megabytes: <c>VmHWM</c> is the most memory so far, <c>RssAnon</c> what is in use and backed by
    /// no file.
    /// </summary>
    public static double Megabytes(string name) =>
        double.Parse(
            File.ReadLines("/proc/self/status")
                .First(line => line.StartsWith(name + ":", StringComparison.Ordinal))
                .Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture
        )
        * 1024
        / 1e6;

    /// <summary>The middle one.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var ordered = values.Order().ToArray();
        return ordered[ordered.Length / 2];
    }

    /// <summary>How long something takes, in milliseconds.</summary>
    public static double Time(Action action)
    {
        var from = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(from).TotalMilliseconds;
    }
}
