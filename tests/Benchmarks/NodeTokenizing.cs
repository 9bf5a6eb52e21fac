using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace TaskDsl.Benchmarks;

/// <summary>The same texts read and tokenised by the tokenizer of @huggingface/transformers, under Node.</summary>
internal static class NodeTokenizing
{
    /// <summary>Tokens, and the seconds of the fastest round; null, with a message, where there is no npm.</summary>
    public static (long Tokens, double Seconds)? Run(string model, IReadOnlyList<byte[]> texts, string folder, int rounds)
    {
        foreach (var file in (ReadOnlySpan<string>)["package.json", "tokenise.mjs"])
            File.Copy(Path.Combine(TaskCatalog.Default.ProjectDirectory, "node", file), Path.Combine(folder, file));
        var lines = Path.Combine(folder, "texts.jsonl");
        using (var stream = File.Create(lines))
        {
            foreach (var text in texts)
            {
                using (var writer = new Utf8JsonWriter(stream))
                {
                    writer.WriteStartObject();
                    writer.WriteString("text"u8, text);
                    writer.WriteEndObject();
                }

                stream.WriteByte((byte)'\n');
            }
        }

        if (Output("npm", folder, "install", "--no-audit", "--no-fund", "--silent") is null)
            return null;
        if (Output("node", folder, "tokenise.mjs", model, lines, rounds.ToString(CultureInfo.InvariantCulture)) is not { } output)
            return null;
        var numbers = output.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        return (long.Parse(numbers[0], CultureInfo.InvariantCulture), double.Parse(numbers[1], CultureInfo.InvariantCulture));
    }

    private static string? Output(string program, string folder, params ReadOnlySpan<string> args)
    {
        try
        {
            var start = new ProcessStartInfo(program) { WorkingDirectory = folder, RedirectStandardOutput = true };
            foreach (var arg in args)
                start.ArgumentList.Add(arg);
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode == 0)
                return output;
            Console.WriteLine($"The comparison with Node is left out: {program} ended with {process.ExitCode}.");
        }
        catch (Win32Exception e)
        {
            Console.WriteLine($"The comparison with Node is left out: {program} cannot be started ({e.Message}).");
        }

        return null;
    }
}
