namespace TaskDsl.Data.Files;

/// <summary>Finds the files that a source names.</summary>
internal static class SourceFiles
{
    // Hidden files and folders are an editor's or a tool's.
    private static readonly EnumerationOptions Visible = new()
    {
        IgnoreInaccessible = false,
        AttributesToSkip = FileAttributes.Hidden | FileAttributes.System,
    };

    /// <summary>The absolute paths that a path or pattern names, in the order of their names.</summary>
    /// <exception cref="DataException">There are none, or a folder cannot be read.</exception>
    public static string[] Find(string pattern, string directory)
    {
        if (!PathGlob.IsPattern(pattern))
            return Path.GetFullPath(pattern, directory) is var path && File.Exists(path) ? [path]
                : Directory.Exists(path)
                    ? throw new DataException(
                        $"{pattern}: it is a folder, expected a file, or a pattern of files as {pattern.TrimEnd('/')}/*."
                    )
                : throw new DataException($"{pattern}: there is no such file in {directory}.");
        var normal = pattern.Replace('\\', '/');
        var plain = normal.LastIndexOf('/', normal.IndexOfAny(['*', '?'])) + 1;
        var folder = Path.GetFullPath(normal[..plain], directory);
        var names = normal[plain..];
        try
        {
            var deep = names.Contains('/', StringComparison.Ordinal) || names == "**";
            var root = new DirectoryInfo(folder.TrimEnd('/'));
            string[] files = root.Exists
                ?
                [
                    .. Walk(root, deep, [root.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? root.FullName])
                        .Where(file => PathGlob.IsMatch(names, Path.GetRelativePath(folder, file).Replace('\\', '/'))),
                ]
                : [];
            if (files.Length == 0)
                throw new DataException($"{pattern}: no file in {folder} matches.");
            Array.Sort(files, StringComparer.Ordinal);
            return files;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{pattern}: cannot be looked for: {e.Message}", e);
        }
    }

    // A link to a folder is a folder, unless it leads back to one of those it stands in.
    private static IEnumerable<string> Walk(DirectoryInfo folder, bool deep, string[] above)
    {
        foreach (var entry in folder.EnumerateFileSystemInfos("*", Visible))
        {
            if (entry is not DirectoryInfo inner)
                yield return entry.FullName;
            else if (deep && Real(inner) is var real && !above.Contains(real))
                foreach (var file in Walk(inner, deep, [.. above, real]))
                    yield return file;
        }

        string Real(DirectoryInfo inner) =>
            inner.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Path.Combine(above[^1], inner.Name);
    }
}
