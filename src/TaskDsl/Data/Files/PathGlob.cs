namespace TaskDsl.Data.Files;

/// <summary>
/// Patterns of paths with <c>/</c>: <c>*</c> (any run of characters within a name), <c>?</c> (any one), <c>**</c> (any number of folders).
/// Compiler and runtime share it.
/// </summary>
public static class PathGlob
{
    /// <summary>Whether a path is a pattern.</summary>
    public static bool IsPattern(string path) => path.IndexOfAny(['*', '?']) >= 0;

    /// <summary>Whether a path matches a pattern.</summary>
    public static bool IsMatch(string pattern, string path) => IsMatch(pattern.Split('/'), 0, path.Split('/'), 0);

    private static bool IsMatch(string[] pattern, int p, string[] path, int n)
    {
        if (p == pattern.Length)
            return n == path.Length;
        if (pattern[p] != "**")
            return n < path.Length && IsName(pattern[p], path[n]) && IsMatch(pattern, p + 1, path, n + 1);
        // Folders only: a name is left for what stands behind.
        if (p == pattern.Length - 1)
            return n < path.Length;
        while (p + 1 < pattern.Length - 1 && pattern[p + 1] == "**")
            p++;
        for (; n < path.Length; n++)
            if (IsMatch(pattern, p + 1, path, n))
                return true;
        return false;
    }

    private static bool IsName(string pattern, string name)
    {
        int p = 0,
            n = 0,
            star = -1,
            mark = 0;
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
                (star, mark, p) = (p, n, p + 1);
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == name[n]))
                (p, n) = (p + 1, n + 1);
            else if (star >= 0)
                (p, n) = (star + 1, ++mark);
            else
                return false;
        }

        while (p < pattern.Length && pattern[p] == '*')
            p++;
        return p == pattern.Length;
    }
}
