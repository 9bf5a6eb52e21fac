using TaskDsl.Data.Files;
using TaskDsl.Generators.Values;
using TaskDsl.Generators.Vocabulary;
using TaskDsl.Vocabulary;

namespace TaskDsl.Generators.Binding;

/// <summary>The files that the project shows to the compiler, by their paths relative to the project's folder, with <c>/</c>.</summary>
public sealed record ProjectFiles(EquatableArray<string> Paths)
{
    /// <summary>Those of another project, of which nothing is known here.</summary>
    public static ProjectFiles Elsewhere { get; } = new(default(EquatableArray<string>)) { IsElsewhere = true };

    private bool IsElsewhere { get; init; }

    private HashSet<string>? known;

    // Files and the folders that hold them.
    private HashSet<string> Known => known ??= [.. Paths.SelectMany(file => Folders(file).Prepend(file))];

    /// <summary>The files of these paths, in whatever order.</summary>
    public static ProjectFiles Of(IEnumerable<string> paths) =>
        new(new EquatableArray<string>(paths.Where(path => path.Length > 0).OrderBy(path => path, StringComparer.Ordinal)));

    /// <summary>
    /// Whether a path (file, folder or glob) names something. One that leads out of the project cannot be known here and passes.
    /// </summary>
    public bool Has(string path)
    {
        var normal = Normal(path);
        if (
            IsElsewhere
            || normal.StartsWith("../", StringComparison.Ordinal)
            || normal.StartsWith("/", StringComparison.Ordinal)
            || normal.IndexOf(':') >= 0
        )
            return true;
        return PathGlob.IsPattern(normal) ? Paths.Any(file => PathGlob.IsMatch(normal, file)) : Known.Contains(normal);
    }

    /// <summary>
    /// A hint at the file or folder that was probably meant; or at what shows the files of a project's own source to the compiler.
    /// </summary>
    public string Suggest(string path, VocabularyModel vocabulary) =>
        Hidden(Normal(path), vocabulary) is { } pattern
            ? $"; if it is there, show such files to the compiler by <AdditionalFiles Include=\"{pattern}\" /> in the project file"
        : NearestWord.To(Normal(path), Known.Where(p => !p.EndsWith(".yaml", StringComparison.Ordinal)).Take(2000)) is { } near
            ? $"; did you mean '{near}'?"
        : "";

    // The look-up table is no part of the value.
    public bool Equals(ProjectFiles? other) => other is not null && Paths.Equals(other.Paths);

    public override int GetHashCode() => Paths.GetHashCode();

    /// <summary>
    /// The pattern of files that a word of a project's own reads by their names, where the compiler sees none of them. What ours read, the
    /// package shows to it.
    /// </summary>
    private string? Hidden(string path, VocabularyModel vocabulary)
    {
        var (folder, dot) = (path.LastIndexOf('/') + 1, path.LastIndexOf('.'));
        if (dot < folder)
            return null;
        var extension = path.Substring(dot);
        return
            !Paths.Any(file => file.EndsWith(extension, StringComparison.Ordinal))
            && vocabulary
                .Choices.SelectMany(choice => choice.Keywords)
                .Any(k => !k.Type.StartsWith("global::TaskDsl.", StringComparison.Ordinal) && Glob.MatchesAny(k.Matches, path))
            ? $"{path.Substring(0, folder)}*{extension}"
            : null;
    }

    private static IEnumerable<string> Folders(string file)
    {
        for (var slash = file.LastIndexOf('/'); slash > 0; slash = file.LastIndexOf('/', slash - 1))
            yield return file.Substring(0, slash);
    }

    private static string Normal(string path)
    {
        path = path.Replace('\\', '/').TrimEnd('/');
        while (path.StartsWith("./", StringComparison.Ordinal))
            path = path.Substring(2);
        return path;
    }
}
