namespace TaskDsl.Vocabulary;

/// <summary>Finds what somebody probably meant to write.</summary>
public static class NearestWord
{
    /// <summary>The word that is the fewest edits away from <paramref name="word"/>; null where none is near enough to be meant.</summary>
    public static string? To(ReadOnlySpan<char> word, IEnumerable<string> words)
    {
        string? nearest = null;
        var best = Math.Max(1, word.Length / 3) + 1;
        foreach (var candidate in words)
        {
            if (Math.Abs(candidate.Length - word.Length) >= best)
                continue;
            var distance = Distance(word, candidate, best);
            if (distance < best)
                (nearest, best) = (candidate, distance);
        }

        return nearest;
    }

    /// <summary><c>; did you mean 'x'?</c>, or nothing.</summary>
    public static string Suggestion(ReadOnlySpan<char> word, IEnumerable<string> words) =>
        To(word, words) is { } nearest ? $"; did you mean '{nearest}'?" : "";

    /// <summary><c>; did you mean 'x'?</c> where a word is near, else <c>; expected one of a, b, c</c>.</summary>
    public static string Choice(string word, IEnumerable<string> words)
    {
        const int shown = 24;
        var all = words.ToList();
        if (all.Count == 0)
            return "";
        if (To(word.AsSpan(), all) is { } near)
            return $"; did you mean '{near}'?";
        var first = string.Join(", ", all.Take(shown));
        return all.Count <= shown ? $"; expected one of {first}" : $"; expected one of {first} and {all.Count - shown} more";
    }

    /// <summary>
    /// Insertions, deletions, substitutions and swaps of neighbours, whatever the case of letters; <paramref name="limit"/> where they are
    /// that many or more.
    /// </summary>
    private static int Distance(ReadOnlySpan<char> a, ReadOnlySpan<char> b, int limit)
    {
        var before = new int[b.Length + 1];
        var above = new int[b.Length + 1];
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
            above[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            var least = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var same = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]);
                row[j] = Math.Min(above[j - 1] + (same ? 0 : 1), Math.Min(above[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
                least = Math.Min(least, row[j]);
            }

            if (least >= limit)
                return limit;
            (before, above, row) = (above, row, before);
        }

        return above[b.Length];
    }
}
