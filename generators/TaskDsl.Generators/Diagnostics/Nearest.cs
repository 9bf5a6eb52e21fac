namespace TaskDsl.Generators.Diagnostics;

/// <summary>Finds the word that was probably meant.</summary>
public static class Nearest
{
    /// <summary><c>; did you mean 'rank'?</c> where a word is near, else <c>; expected one of a, b, c</c>.</summary>
    public static string Suggest(string word, IEnumerable<string> known)
    {
        var words = known.ToList();
        if (words.Count == 0) return "";
        if (Find(word, words) is { } near) return $"; did you mean '{near}'?";
        return words.Count <= 24 ? $"; expected one of {string.Join(", ", words)}" : $"; expected one of {string.Join(", ", words.Take(24))} and {words.Count - 24} more";
    }

    /// <summary>The word that was probably meant; null where none is near.</summary>
    public static string? Find(string word, IEnumerable<string> known)
    {
        var best = known.Select(k => (Word: k, Distance: Distance(word.ToLowerInvariant(), k.ToLowerInvariant()))).OrderBy(c => c.Distance).FirstOrDefault();
        return best.Word is not null && best.Distance <= Math.Max(1, Math.Max(word.Length, best.Word.Length) / 3) ? best.Word : null;
    }

    /// <summary>The optimal string alignment distance: insertions, deletions, substitutions, swaps of neighbours.</summary>
    private static int Distance(string a, string b)
    {
        if (a.Length > 64 || b.Length > 64) return int.MaxValue;
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                d[i, j] = Math.Min(Math.Min(d[i - 1, j] + 1, d[i, j - 1] + 1), d[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }

        return d[a.Length, b.Length];
    }
}
