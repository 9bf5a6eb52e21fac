using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using TaskDsl.Tasks;

namespace TaskDsl.Benchmarks;

/// <summary>
/// Renders a template with the system's Jinja2 (Debian: <c>python3-jinja2</c>), compiled by it as it always does, in a process of its own.
/// </summary>
internal static class JinjaRendering
{
    private const string Python = "/usr/bin/python3";
    private static bool isAbsent;

    /// <summary>Nanoseconds a record, the median of so many rounds; not a number where there is no Jinja2.</summary>
    public static double Time(string template, string[] clauses, IReadOnlyList<FieldInfo> outputs, int rounds, long length)
    {
        if (isAbsent)
            return double.NaN;
        var start = new ProcessStartInfo(Python, [Path.Combine(AppContext.BaseDirectory, "jinja_rendering.py")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (!File.Exists(Python))
            return Absent("there is no such file");
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        try
        {
            process.StandardInput.Write(
                JsonSerializer.Serialize(
                    new
                    {
                        template,
                        clauses,
                        labels_type = outputs[0].Labels,
                        labels_facts = outputs[1].Labels,
                        rounds,
                    }
                )
            );
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended before it had read everything; its exit code and its errors say why.
        }

        var answer = process.StandardOutput.ReadToEnd().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        if (process.ExitCode != 0 || answer.Length != 2)
            return Absent(errors.Result.Trim().Split('\n')[^1]);
        if (long.Parse(answer[0], CultureInfo.InvariantCulture) != length)
            throw new InvalidOperationException($"Jinja2 prints {answer[0].Trim()} bytes and not {length}");
        return double.Parse(answer[1], CultureInfo.InvariantCulture);
    }

    private static double Absent(string why)
    {
        isAbsent = true;
        Console.WriteLine($"Jinja2 is skipped: {Python}: {why}. apt-get install python3-jinja2");
        return double.NaN;
    }
}
