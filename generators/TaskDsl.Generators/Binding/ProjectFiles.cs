using TaskDsl.Data.Files;
using TaskDsl.Generators.Values;
using TaskDsl.Vocabulary;

namespace TaskDsl.Generators.Binding;

/// <summary>The files that the project shows to the compiler, by their paths relative to the project's folder, with <c>/</c>.</summary>
public sealed record ProjectFiles(EquatableArray<string> Paths)
{
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
            normal.StartsWith("../", StringComparison.Ordinal)
            || normal.StartsWith("/", StringComparison.Ordinal)
            || normal.IndexOf(':') >= 0
        )
            return true;
        return PathGlob.IsPattern(normal) ? Paths.Any(file => PathGlob.IsMatch(normal, file)) : Known.Contains(normal);
    }

    /// <summary>A hint at the file or folder that was probably meant.</summary>
    public string Suggest(string path) =>
        NearestWord.To(Normal(path), Known.Where(p => !p.EndsWith(".yaml", StringComparison.Ordinal)).Take(2000)) is { } near
            ? $"; did you mean '{near}'?"
            : "";

    // The look-up table is no part of the value.
    public bool Equals(ProjectFiles? other) => other is not null && Paths.Equals(other.Paths);

    public override int GetHashCode() => Paths.GetHashCode();

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
