using System.Text.RegularExpressions;
using TaskDsl.Testing;

namespace TaskDsl.Generators.Tests;

/// <summary>
/// Small edits of every line of projects without a fault: each makes one diagnostic at most, and no error of the compiler in what is
/// generated.
/// </summary>
public partial class OneEditTests
{
    // What tells a name that is nowhere, at each place that names it. (A key that is there twice may have a second one.)
    private static readonly string[] OfNames =
    [
        "TDSL1102",
        "TDSL1201",
        "TDSL1204",
        "TDSL1302",
        "TDSL1402",
        "TDSL1404",
        "TDSL1503",
        "TDSL1506",
    ];

    private static readonly Lazy<GeneratorRun> First = new(() => HrDesk.Whole.Add("recipes/new.recipe.yaml", New).Run().Compiles());

    // Words within words, and a text.
    private const string New = """
        recipe: new
        summary: Makes a model, and a tokenizer.
        model:
          decoder:
            layers: 2
            hidden_size: 64
        corpus:
          - data/cv.en.jsonl
        optimizer: {adamw: {learning_rate: 2e-3}}
        """;

    public static TheoryData<string> Files =>
        [.. HrDesk.Whole.Files.Keys.Where(path => path.EndsWith(".yaml", StringComparison.Ordinal)), "recipes/new.recipe.yaml"];

    [Theory]
    [MemberData(nameof(Files))]
    public void Makes_one_diagnostic(string file)
    {
        var project = HrDesk.Whole.Add("recipes/new.recipe.yaml", New);
        var lines = project.Files[file].GetText().ToString().TrimEnd('\n').Split('\n');
        var (several, compiled) = (new List<string>(), new HashSet<string>(StringComparer.Ordinal));
        for (var i = 0; i < lines.Length; i++)
            foreach (var edited in Edits(lines[i]))
            {
                var run = First.Value.Again(project.Add(file, string.Join('\n', [.. lines[..i], .. edited, .. lines[(i + 1)..]]) + "\n"));
                if (run.Diagnostics.Count(d => d.Id != "TDSL1002") > 1 && !run.Diagnostics.All(d => OfNames.Contains(d.Id)))
                    several.Add($"{lines[i]} -> {string.Join("\\n", edited)}\n{run.Report()}\n");
                // The same code is as good again.
                if (compiled.Add(string.Concat(run.Files.Select(f => f.HintName + f.Text))))
                    run.Reports([.. run.Report().Split('\n').Where(line => line.Contains(": error TDSL", StringComparison.Ordinal))]);
            }

        Assert.Equal("", string.Join('\n', several));
    }

    private static IEnumerable<string[]> Edits(string line)
    {
        yield return [];
        yield return [line, line];
        yield return [" " + line];
        yield return ["  " + line];
        if (line.StartsWith(' '))
            yield return [line[1..]];
        if (line.StartsWith("  ", StringComparison.Ordinal))
            yield return [line[2..]];
        if (line.IndexOf(": ", StringComparison.Ordinal) is > 0 and var colon)
            yield return [line[..(colon + 1)]];
        foreach (Match key in Key().Matches(line))
        {
            yield return [line.Remove(key.Index + (key.Length / 2), 1)];
            yield return [line.Insert(key.Index, "x")];
            yield return [line.Remove(key.Index + key.Length, 1)];
        }

        foreach (var sign in "{}[]'\",")
            if (line.IndexOf(sign, StringComparison.Ordinal) is >= 0 and var at)
                yield return [line.Remove(at, 1)];
    }

    [GeneratedRegex("[a-z_0-9]{2,}(?=:( |$))")]
    private static partial Regex Key();
}
