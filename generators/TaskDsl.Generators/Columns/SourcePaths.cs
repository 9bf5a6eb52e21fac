using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using TaskDsl.Data.Files;
using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Columns;

/// <summary>The files that the project's tasks take examples from: only their starts are read.</summary>
public sealed record SourcePaths(EquatableArray<string> Patterns)
{
    /// <summary>Those of one task.</summary>
    public static IEnumerable<string> Of(BoundRecord task) =>
        task.Items("examples").OfType<BoundRecord>().Select(source => source.Text("path")).OfType<string>().Select(Normal);

    /// <summary>Those of the files that are among them.</summary>
    /// <param name="files">The project's files.</param>
    /// <param name="relative">Makes a path relative to the project's folder.</param>
    public IEnumerable<DataFile> In(ImmutableArray<AdditionalText> files, Func<string, string> relative) =>
        Patterns.Count == 0
            ? []
            : files
                .Select(file => new DataFile(file, relative(file.Path)))
                .Where(file => Patterns.Any(pattern => IsMatch(pattern, file.Path)));

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
