using System.Text;

namespace TaskDsl.Testing;

/// <summary>The difference of two texts by lines, with a few lines around each change.</summary>
internal static class TextDiff
{
    private const int Around = 3;
    private const int Longest = 200;

    /// <summary><c>-</c> before what is only in the first text, <c>+</c> before what is only in the second.</summary>
    public static string Unified(string before, string after)
    {
        var edits = Edits(before.Split('\n'), after.Split('\n'));
        var shown = new bool[edits.Count];
        for (var i = 0; i < edits.Count; i++)
        {
            if (edits[i].Sign == ' ')
                continue;
            for (var near = Math.Max(0, i - Around); near <= Math.Min(edits.Count - 1, i + Around); near++)
                shown[near] = true;
        }

        var text = new StringBuilder();
        var written = 0;
        for (var i = 0; i < edits.Count && written < Longest; i++)
        {
            if (shown[i])
                text.Append(edits[i].Sign).Append(' ').Append(edits[i].Line).Append('\n');
            else if (i > 0 && shown[i - 1])
                text.Append("  …\n");
            written += shown[i] ? 1 : 0;
        }

        if (written == Longest)
            text.Append("  … (more)\n");
        return text.ToString();
    }

    // What both begin and end with is cut off first, so that the table is small.
    private static List<(char Sign, string Line)> Edits(string[] a, string[] b)
    {
        var head = 0;
        while (head < a.Length && head < b.Length && a[head] == b[head])
            head++;
        var tail = 0;
        while (tail < a.Length - head && tail < b.Length - head && a[^(tail + 1)] == b[^(tail + 1)])
            tail++;

        var edits = a.Take(head).Select(line => (' ', line)).ToList();
        Middle(a.AsSpan(head, a.Length - head - tail), b.AsSpan(head, b.Length - head - tail), edits);
        edits.AddRange(a.TakeLast(tail).Select(line => (' ', line)));
        return edits;
    }

    private static void Middle(ReadOnlySpan<string> a, ReadOnlySpan<string> b, List<(char Sign, string Line)> edits)
    {
        const int LargestTable = 16_000_000;
        int i = 0,
            j = 0;
        if ((long)a.Length * b.Length <= LargestTable)
        {
            // The longest common subsequence from each pair of places on.
            var common = new int[a.Length + 1, b.Length + 1];
            for (i = a.Length - 1; i >= 0; i--)
            for (j = b.Length - 1; j >= 0; j--)
                common[i, j] = a[i] == b[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            for ((i, j) = (0, 0); i < a.Length && j < b.Length; )
            {
                if (a[i] == b[j])
                    (edits, i, j) = (With(edits, ' ', a[i]), i + 1, j + 1);
                else if (common[i + 1, j] >= common[i, j + 1])
                    edits.Add(('-', a[i++]));
                else
                    edits.Add(('+', b[j++]));
            }
        }

        while (i < a.Length)
            edits.Add(('-', a[i++]));
        while (j < b.Length)
            edits.Add(('+', b[j++]));

        static List<(char Sign, string Line)> With(List<(char Sign, string Line)> edits, char sign, string line)
        {
            edits.Add((sign, line));
            return edits;
        }
    }
}
