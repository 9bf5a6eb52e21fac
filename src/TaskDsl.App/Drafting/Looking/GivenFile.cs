using System.Reflection;
using TaskDsl.App.Sessions;
using TaskDsl.Data;
using TaskDsl.Data.Files;
using TaskDsl.Vocabulary;

namespace TaskDsl.App.Drafting.Looking;

/// <summary>A file to draft from: the one that is named, or one that stands beside it as another part of the same set.</summary>
/// <param name="Path">Its path from the project's folder, with <c>/</c>.</param>
/// <param name="File">Its full path.</param>
/// <param name="Part">The part that its name says; null where it says none.</param>
internal sealed record GivenFile(string Path, string File, SplitName? Part)
{
    private static readonly Dictionary<string, SplitName> Parts = new(StringComparer.OrdinalIgnoreCase)
    {
        ["train"] = SplitName.Train,
        ["training"] = SplitName.Train,
        ["dev"] = SplitName.Validation,
        ["devel"] = SplitName.Validation,
        ["val"] = SplitName.Validation,
        ["valid"] = SplitName.Validation,
        ["validation"] = SplitName.Validation,
        ["eval"] = SplitName.Validation,
        ["test"] = SplitName.Test,
        ["testing"] = SplitName.Test,
    };

    /// <summary>The part that a word says, as official divisions call them; null where it says none.</summary>
    public static SplitName? PartOf(string word) => Parts.TryGetValue(word.Trim(), out var part) ? part : null;

    /// <summary>Whether it lies in the project.</summary>
    public bool IsInside => !Path.StartsWith("../", StringComparison.Ordinal) && !System.IO.Path.IsPathRooted(Path);

    /// <summary>What the file is called without its extensions and its part; empty where nothing is left.</summary>
    public string Stem => string.Join('_', Pieces(Path).Where(piece => PartOf(piece) is null && !piece.All(char.IsDigit)));

    /// <summary>The file that is named, and the other parts of its set that stand beside it; the training part first.</summary>
    /// <param name="named">The path, from the current folder or else from the project's.</param>
    /// <param name="project">The project's folder.</param>
    /// <exception cref="UserException">There is no such file.</exception>
    public static IReadOnlyList<GivenFile> Find(string named, string project)
    {
        if (string.IsNullOrWhiteSpace(named))
            throw new UserException("say which file to draft from, as 'draft task data/tickets.csv'.");
        string[] folders = [.. new[] { Environment.CurrentDirectory, project }.Distinct()];
        string[] places = [.. folders.Select(folder => System.IO.Path.GetFullPath(named, folder)).Distinct()];
        var full = Array.Find(places, System.IO.Path.Exists) ?? places[^1];
        if (PathGlob.IsPattern(named) && !System.IO.File.Exists(full))
            throw new UserException($"{named}: a draft looks at one file; name one of them, and write the pattern into the task.");
        if (Directory.Exists(full))
            throw new UserException($"{named}: it is a folder, expected a file{Inside(full, named)}");
        if (!System.IO.File.Exists(full))
            throw new UserException($"{named}: there is no such file in {string.Join(" or ", folders)}{Meant(places, project)}");
        var first = Of(full, project);
        if (first.Part is null)
            return [first];
        var others = Directory
            .EnumerateFiles(System.IO.Path.GetDirectoryName(full)!)
            .Select(file => Of(file, project))
            .Where(other => other.Part is not null && other.Part != first.Part && other.Stem == first.Stem && other.Ending == first.Ending)
            .OrderBy(other => other.Path, StringComparer.Ordinal)
            .GroupBy(other => other.Part)
            .Select(same => same.First());
        return [.. others.Append(first).OrderBy(file => file.Part)];
    }

    private string Ending =>
        Path[(Path.LastIndexOf('/') + 1 + Pieces(Path)[0].Length)..] is var rest
        && rest.IndexOf('.', StringComparison.Ordinal) is >= 0 and var dot
            ? rest[dot..]
            : "";

    /// <summary>A file, with the part that its name says.</summary>
    /// <param name="full">Its full path.</param>
    /// <param name="project">The project's folder.</param>
    public static GivenFile Of(string full, string project)
    {
        var path = Relative(full, project);
        var parts = Pieces(path).Select(PartOf).Where(part => part is not null).Distinct().ToList();
        return new(path, full, parts is [var only] ? only : null);
    }

    // The words of a file's name, its extensions left out.
    private static string[] Pieces(string path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        var dot = name.IndexOf('.', 1);
        return (dot < 0 ? name : name[..dot]).Split('_', '-', ' ');
    }

    private static string Inside(string folder, string named)
    {
        var files = DataFiles(folder).Select(file => $"{named.TrimEnd('/')}/{System.IO.Path.GetFileName(file)}").Take(6).ToList();
        return files.Count == 0 ? "; it holds none that a source reads." : $", as {string.Join(", ", files)}.";
    }

    // The nearest of the files beside where it was looked for, else of all in the project's folders of data.
    private static string Meant(string[] places, string project)
    {
        var name = System.IO.Path.GetFileName(places[0]);
        var beside = places.Select(System.IO.Path.GetDirectoryName).OfType<string>();
        string[] around = [.. beside, project, System.IO.Path.Combine(project, "data")];
        var files = around.Distinct().Where(Directory.Exists).SelectMany(DataFiles).Distinct().Take(2000).ToList();
        var near = NearestWord.To(name, files.Select(file => System.IO.Path.GetFileName(file)));
        return near is not null ? $"; did you mean '{Written(files.First(file => System.IO.Path.GetFileName(file) == near))}'?"
            : files.Count == 0 ? "."
            : $"; there is {string.Join(", ", files.Take(6).Select(Written))}.";

        // As it would be found: what lies in the project from there, else from the current folder.
        string Written(string file) =>
            Relative(file, project) is var inside && inside.StartsWith("../", StringComparison.Ordinal)
                ? Relative(file, Environment.CurrentDirectory)
                : inside;
    }

    private static string Relative(string file, string folder) => System.IO.Path.GetRelativePath(folder, file).Replace('\\', '/');

    private static IEnumerable<string> DataFiles(string folder) =>
        Directory.EnumerateFiles(folder).Where(file => IsData(System.IO.Path.GetFileName(file))).Order(StringComparer.Ordinal);

    /// <summary>Whether a file's name is one of data files.</summary>
    public static bool IsData(string name) =>
        name is not ("packages.lock.json" or "global.json" or "appsettings.json")
        && Words.Loaded.Choices(typeof(DataSource)).Any(choice => choice.Type.GetCustomAttribute<KeywordAttribute>()!.IsMatch(name));
}
