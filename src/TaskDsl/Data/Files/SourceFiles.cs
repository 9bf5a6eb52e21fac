namespace TaskDsl.Data.Files;

/// <summary>Finds the files that a source names.</summary>
internal static class SourceFiles
{
    // Hidden files and folders are an editor's or a tool's.
    private static readonly EnumerationOptions Deep = new() { RecurseSubdirectories = true, IgnoreInaccessible = false, AttributesToSkip = FileAttributes.Hidden | FileAttributes.System, MaxRecursionDepth = 64 };

    /// <summary>The absolute paths that a path or pattern names, in the order of their names.</summary>
    /// <exception cref="DataException">There are none, or a folder cannot be read.</exception>
    public static string[] Find(string pattern, string directory)
    {
        if (!PathGlob.IsPattern(pattern))
            return Path.GetFullPath(pattern, directory) is var path && File.Exists(path) ? [path] : throw new DataException($"{pattern}: there is no such file in {directory}.");
        var normal = pattern.Replace('\\', '/');
        var plain = normal.LastIndexOf('/', normal.IndexOfAny(['*', '?'])) + 1;
        var folder = Path.GetFullPath(normal[..plain], directory);
        var names = normal[plain..];
        try
        {
            var options = names.Contains('/', StringComparison.Ordinal) || names == "**" ? Deep : new EnumerationOptions { AttributesToSkip = Deep.AttributesToSkip, IgnoreInaccessible = false };
            string[] files = Directory.Exists(folder)
                ? [.. Directory.EnumerateFiles(folder, "*", options).Where(file => PathGlob.IsMatch(names, Path.GetRelativePath(folder, file).Replace('\\', '/')))]
                : [];
            if (files.Length == 0) throw new DataException($"{pattern}: no file in {folder} matches.");
            Array.Sort(files, StringComparer.Ordinal);
            return files;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{pattern}: cannot be looked for: {e.Message}", e);
        }
    }
}
