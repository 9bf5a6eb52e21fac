namespace TaskDsl.Generators.Binding;

/// <summary>Patterns with <c>*</c> (any run of characters) and <c>?</c> (any one), whatever the case.</summary>
public static class Glob
{
    /// <summary>Whether a value matches one of several patterns, which <c>;</c> separates.</summary>
    public static bool IsMatchOfAny(string patterns, string value) =>
        patterns.Split([';'], StringSplitOptions.RemoveEmptyEntries).Any(pattern => IsMatch(pattern, value));

    public static bool IsMatch(string pattern, string text)
    {
        int p = 0,
            t = 0,
            star = -1,
            mark = 0;
        while (t < text.Length)
        {
            if (
                p < pattern.Length
                && (pattern[p] == '?' || char.ToLowerInvariant(pattern[p]) == char.ToLowerInvariant(text[t]))
                && pattern[p] != '*'
            )
                (p, t) = (p + 1, t + 1);
            else if (p < pattern.Length && pattern[p] == '*')
                (star, mark, p) = (p, t, p + 1);
            else if (star >= 0)
                (p, t) = (star + 1, ++mark);
            else
                return false;
        }

        while (p < pattern.Length && pattern[p] == '*')
            p++;
        return p == pattern.Length;
    }
}
