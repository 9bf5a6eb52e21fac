using System.Globalization;
using System.Text.RegularExpressions;

namespace TaskDsl.Codecs;

/// <summary>
/// A little program that refines a text (ProX; arXiv 2409.17115), an operation a line: <c>remove_lines(2, 5)</c> (from 0, both included),
/// <c>remove_lines(all=True)</c>, <c>normalize("source", "target")</c> (wherever it stands in a line; without a target it goes),
/// <c>keep_doc()</c> and <c>drop_doc()</c>.
/// </summary>
/// <remarks>
/// Arguments may have names (<c>line_start=2</c>), which say nothing: their order does. Texts stand in quotes, a quote or a backslash in
/// them behind a backslash; the published parser splits at commas, and takes a text with a comma for two.
/// </remarks>
public sealed partial class EditProgram
{
    private readonly List<(string Source, string Target)> normalised = [];
    private readonly List<(int First, int Last)> removed = [];
    private int wrong;
    private bool all;

    private EditProgram() { }

    /// <summary>Whether the whole text is to go.</summary>
    public bool Drops { get; private set; }

    /// <summary>Reads a program; what is no operation is counted as an error when it is run.</summary>
    public static EditProgram Parse(string text)
    {
        var program = new EditProgram();
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            program.Add(line);
        return program;
    }

    /// <summary>
    /// Runs it: what is normalised first and then what is removed, so that the numbers of lines stay those that were shown. A line ends
    /// with a line feed, which goes with it.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="errors">How many operations cannot be read, or name lines that there are not; what is right is done.</param>
    public string Run(string text, out int errors)
    {
        var lines = EditUnits.Of(text, EditUnit.Line);
        errors = wrong;
        if (all)
            return "";
        foreach (var (source, target) in normalised)
            for (var i = 0; i < lines.Length; i++)
                lines[i] = lines[i].Replace(source, target, StringComparison.Ordinal);
        foreach (var (first, last) in removed)
            if (first > last || last >= lines.Length)
                errors++;
            else
                Array.Fill(lines, "", first, last - first + 1);
        return string.Concat(lines);
    }

    private void Add(string line)
    {
        if (Operation().Match(line) is not { Success: true } operation)
        {
            wrong++;
            return;
        }

        string[] arguments = [.. operation.Groups["argument"].Captures.Select(argument => argument.Value)];
        switch (operation.Groups["name"].Value, arguments)
        {
            case ("keep_doc", []):
                break;
            case ("drop_doc", []):
                Drops = true;
                break;
            case ("remove_lines", ["True"]):
                all = true;
                break;
            case ("remove_lines", [var first, var last]) when Number(first) is { } from && Number(last) is { } to:
                removed.Add((from, to));
                break;
            case ("normalize", [['"', .., '"'] source, .. var target]) when target is [] or [['"', .., '"']] && source.Length > 2:
                normalised.Add((Unquoted(source), target is [var comes] ? Unquoted(comes) : ""));
                break;
            default:
                wrong++;
                break;
        }
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string Unquoted(string text) => Escape().Replace(text[1..^1], "$1");

    [GeneratedRegex("""^(?<name>[a-z_]+)\( *(?:(?:[a-z_]+ *= *)?(?<argument>"(?:[^"\\]|\\.)*"|\w+)(?: *, *(?!\))| *(?=\))))*\)$""")]
    private static partial Regex Operation();

    [GeneratedRegex("""\\(.)""")]
    private static partial Regex Escape();
}
