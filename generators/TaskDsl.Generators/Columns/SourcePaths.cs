using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using TaskDsl.Data.Files;
using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Fields;
using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Columns;

/// <summary>The files that the project's tasks take examples from: only their starts are read.</summary>
public sealed record SourcePaths(EquatableArray<SourcePath> Paths)
{
    private ILookup<string, SourcePath>? files;
    private List<SourcePath>? patterns;

    /// <summary>Those of one task.</summary>
    /// <param name="task">The task.</param>
    /// <param name="fields">Its fields, of input and output.</param>
    public static IEnumerable<SourcePath> Of(BoundRecord task, IReadOnlyList<FieldModel> fields) =>
        from source in task.Items("examples").OfType<BoundRecord>()
        let path = source.Text("path")
        where path is not null && source["hub"] is null
        select new SourcePath(Normal(path), DataQuestion.Of(source, FieldPlace.Of(source, fields)));

    /// <summary>Those of the files that are among them.</summary>
    /// <param name="all">The project's files.</param>
    /// <param name="relative">Makes a path relative to the project's folder.</param>
    public IEnumerable<DataFile> In(ImmutableArray<AdditionalText> all, Func<string, string> relative)
    {
        if (Paths.Count == 0)
            yield break;
        // An edit of any file comes by here.
        files ??= Paths.Where(source => !PathGlob.IsPattern(source.Path)).ToLookup(source => source.Path);
        patterns ??= [.. Paths.Where(source => PathGlob.IsPattern(source.Path))];
        foreach (var file in all)
        {
            var path = relative(file.Path);
            var sources = files[path].Concat(patterns.Where(source => IsMatch(source.Path, path))).ToList();
            if (sources.Count > 0)
                yield return new DataFile(file, path, new(sources.Select(s => s.Question).OfType<DataQuestion>().Distinct()));
        }
    }

    // The look-up tables are no part of the value.
    public bool Equals(SourcePaths? other) => other is not null && Paths.Equals(other.Paths);

    public override int GetHashCode() => Paths.GetHashCode();

    /// <summary>Whether a source's path names a file.</summary>
    public static bool IsMatch(string pattern, string path) =>
        pattern == path || (PathGlob.IsPattern(pattern) && PathGlob.IsMatch(pattern, path));

    /// <summary>A path as the project's files are named.</summary>
    public static string Normal(string path)
    {
        path = path.Replace('\\', '/');
        while (path.StartsWith("./", StringComparison.Ordinal))
            path = path.Substring(2);
        return path;
    }
}
