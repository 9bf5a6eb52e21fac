using System.Text;

namespace TaskDsl.Codecs;

/// <summary>From one text to another by edits of its units, and back.</summary>
public static class Edits
{
    // Beyond so many pairs of units what is between the common ends is one edit: still right, only longer.
    private const long MostPairs = 1 << 24;

    /// <summary>
    /// The edits that make one text of another, always the same ones, ascending: each stretch that a longest common subsequence of units
    /// leaves out is one edit, so that no two of them touch.
    /// </summary>
    public static IReadOnlyList<Edit> Between(ReadOnlySpan<string> source, ReadOnlySpan<string> target)
    {
        var first = source.CommonPrefixLength(target);
        var last = 0;
        while (last < Math.Min(source.Length, target.Length) - first && source[^(last + 1)] == target[^(last + 1)])
            last++;
        var from = source[first..^last];
        var to = target[first..^last];
        if (from.IsEmpty && to.IsEmpty)
            return [];
        return (long)from.Length * to.Length > MostPairs
            ? [new Edit(first, first + from.Length, string.Concat(to))]
            : Aligned(from, to, first);
    }

    /// <summary>The text that edits, ascending, make of another.</summary>
    public static string Apply(ReadOnlySpan<string> source, IEnumerable<Edit> edits)
    {
        var text = new StringBuilder();
        var at = 0;
        foreach (var (start, end, comes) in edits)
        {
            text.AppendJoin("", source[at..start]).Append(comes);
            at = end;
        }

        return text.AppendJoin("", source[at..]).ToString();
    }

    private static List<Edit> Aligned(ReadOnlySpan<string> from, ReadOnlySpan<string> to, int offset)
    {
        // common[i, j]: the longest common subsequence of what begins at i and at j.
        var common = new int[from.Length + 1, to.Length + 1];
        for (var i = from.Length - 1; i >= 0; i--)
        for (var j = to.Length - 1; j >= 0; j--)
            common[i, j] = from[i] == to[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);

        var edits = new List<Edit>();
        var (source, target) = (0, 0);
        while (source < from.Length || target < to.Length)
        {
            var (start, begin) = (source, target);
            // What is equal here is always part of a longest one; where either side may be passed over, the source is.
            while (!(source < from.Length && target < to.Length && from[source] == to[target]))
            {
                if (source < from.Length && (target == to.Length || common[source + 1, target] >= common[source, target + 1]))
                    source++;
                else if (target < to.Length)
                    target++;
                else
                    break;
            }

            if (source > start || target > begin)
                edits.Add(new Edit(offset + start, offset + source, string.Concat(to[begin..target])));
            (source, target) = (source + 1, target + 1);
        }

        return edits;
    }
}
