using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using TaskDsl.Generators.Tests.Packaging;
using TaskDsl.Testing;

namespace TaskDsl.Generators.Tests;

/// <summary>
/// Small edits of every line of projects without a fault: each makes one diagnostic at most, and no error of the compiler in what is
/// generated.
/// </summary>
public partial class OneEditTests
{
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

    private static readonly Dictionary<string, GeneratorProject> Projects = new()
    {
        ["HR"] = HrDesk.Whole.Add("recipes/new.recipe.yaml", New),
        ["LegalDesk"] = LawDesk(),
    };

    private static readonly ConcurrentDictionary<string, GeneratorRun> Runs = new();

    public static TheoryData<string, string> Files
    {
        get
        {
            var files = new TheoryData<string, string>();
            foreach (var (name, project) in Projects)
            foreach (var path in project.Files.Keys.Where(path => path.EndsWith(".yaml", StringComparison.Ordinal)))
                files.Add(name, path);
            return files;
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Makes_one_diagnostic(string name, string file)
    {
        var project = Projects[name];
        var first = Runs.GetOrAdd(name, _ => project.Run().Compiles());
        var lines = Lines(project, file);
        // What an earlier file of the kind says in the same words is edited there.
        var earlier = project.Files.Keys.TakeWhile(path => path != file).Where(path => Kind(path) == Kind(file));
        var known = earlier.SelectMany(path => Lines(project, path)).ToHashSet();
        var (several, compiled) = (new List<string>(), new HashSet<string>(StringComparer.Ordinal));
        for (var i = 0; i < lines.Length; i++)
            foreach (var edited in known.Contains(lines[i]) ? [] : Edits(lines[i]))
            {
                var run = first.Again(project.Add(file, string.Join('\n', [.. lines[..i], .. edited, .. lines[(i + 1)..]]) + "\n"));
                if (!IsOneMistake(run.Diagnostics))
                    several.Add($"{lines[i]} -> {string.Join("\\n", edited)}\n{run.Report()}\n");
                // The same code is as good again.
                if (compiled.Add(string.Concat(run.Files.Select(f => f.HintName + f.Text))))
                    run.Reports([.. run.Report().Split('\n').Where(line => line.Contains(": error TDSL", StringComparison.Ordinal))]);
            }

        Assert.True(several.Count == 0, string.Join('\n', several));
    }

    // One of its words is a package's.
    private static GeneratorProject LawDesk()
    {
        var desk = Example(Path.Combine(AppContext.BaseDirectory, "LegalDesk"));
        const string Package = "TaskDsl.Models.MiniLM";
        var package = Path.Combine(Dotnet.Repository, "src", Package, "bin", Dotnet.Configuration, "net10.0", $"{Package}.dll");
        return desk with { References = desk.References.Add(MetadataReference.CreateFromFile(package)) };
    }

    // A few records of each file: an edit of a field reads them all again.
    private static GeneratorProject Example(string folder) =>
        Directory
            .EnumerateFiles(Path.Combine(folder, "data"))
            .Aggregate(GeneratorProject.FromFolder(folder), (project, path) =>
                project.Add(
                    Path.GetRelativePath(folder, path).Replace('\\', '/'),
                    string.Concat(File.ReadLines(path).Take(8).Select(line => line + "\n"))
                )
            );

    private static string[] Lines(GeneratorProject project, string file) =>
        project.Files[file].GetText().ToString().TrimEnd('\n').Split('\n');

    private static string Kind(string file) => file[file.IndexOf('.', StringComparison.Ordinal)..];

    private static bool IsOneMistake(IReadOnlyList<Diagnostic> found) =>
        found.Count <= 1
        // That a key stands there twice is found before it is known whose it is: zh: one level too deep is no message of en, and its
        // user: is there twice.
        || (found.Count == 2 && found.Count(d => d.Id == "TDSL1002") == 1)
        // Items whose key is gone are items of the list above, and each is no name of what it lists.
        || found.All(d => d.Id == "TDSL1201")
        // A name that is nowhere is told at each place that names it.
        || found.Select(Names).Aggregate((common, names) => common.Intersect(names)).Any();

    private static IEnumerable<string> Names(Diagnostic diagnostic) =>
        Quoted().Matches(diagnostic.GetMessage(CultureInfo.InvariantCulture)).Select(name => name.Value);

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

    [GeneratedRegex("'[^']+'")]
    private static partial Regex Quoted();
}
