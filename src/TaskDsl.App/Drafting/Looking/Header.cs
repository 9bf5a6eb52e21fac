using System.Globalization;
using TaskDsl.App.Sessions;

namespace TaskDsl.App.Drafting.Looking;

/// <summary>
/// Whether the first row of a table names its columns: what has no names, or has them further down, cannot be drafted from.
/// </summary>
internal static class Header
{
    private const int Deepest = 12;

    /// <summary>Checks the first rows of a table.</summary>
    /// <param name="file">What messages call the file.</param>
    /// <param name="rows">Its first rows.</param>
    /// <exception cref="UserException">The first row is none of names.</exception>
    public static void Check(string file, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        if (rows.Count < 2 || rows.All(row => Width(row) == 0))
            return;
        var width = rows.CountBy(Width).Where(w => w.Key > 0).MaxBy(w => w.Value).Key;
        var line = rows.Take(Deepest).Select((row, i) => (Width: Width(row), Line: i + 1)).FirstOrDefault(r => r.Width == width).Line;
        if (line > 1 && rows.Take(line - 1).All(row => Width(row) * 2 <= width))
            throw new UserException(
                $"{file}: the names of the columns seem to stand in line {line} ({Shown(rows[line - 1])}), below "
                    + $"{(line == 2 ? "a line" : $"{line - 1} lines")} that {(line == 2 ? "is" : "are")} no part of the table. Take "
                    + $"{(line == 2 ? "it" : "them")} away, as with 'sed -i 1,{line - 1}d {file}', and draft again."
            );
        if (line == 1 && Values(rows) is { } why)
            throw new UserException(
                $"{file}: its first row is {why}, so the columns seem to have no names. Put a row of names above it, as with "
                    + $"'sed -i \"1i {string.Join(',', Names(rows[0].Count))}\" {file}', and draft again."
            );
    }

    // How many cells say something.
    private static int Width(IReadOnlyList<string> row)
    {
        var width = row.Count;
        while (width > 0 && string.IsNullOrWhiteSpace(row[width - 1]))
            width--;
        return width;
    }

    /// <summary>Why the first row is one of values, as a clause; null where it is not.</summary>
    private static string? Values(IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var first = rows[0];
        for (var i = 0; i < first.Count; i++)
        {
            var cell = first[i].Trim();
            var below = rows.Skip(1).Where(row => i < row.Count).Select(row => row[i].Trim()).ToList();
            if (IsNumber(cell) && below.Count(IsNumber) * 2 > below.Count)
                return $"a record as those below ('{cell}' is a number as they have)";
            if (cell.Length > 0 && below.Count(other => other == cell) >= 2 && below.Distinct().Count() * 2 <= below.Count)
                return $"a record as those below ('{cell}' stands there again)";
        }

        // Names are words; a survey's questions are names too, but texts below them are not as long.
        return first.All(IsSentence) && rows.Skip(1).Count(row => row.Count > 0 && row.All(IsSentence)) * 2 > rows.Count
            ? $"a text as those below ('{Short(first[0])}')"
            : null;
    }

    private static bool IsSentence(string cell) =>
        cell.Count(sign => sign == ' ') >= 3 || cell.Trim() is [.., '.' or '?' or '!' or '。' or '？' or '！'];

    private static bool IsNumber(string cell) => double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private static IEnumerable<string> Names(int count) =>
        count switch
        {
            1 => ["text"],
            2 => ["text", "label"],
            _ => Enumerable.Range(1, count).Select(i => $"column_{i}"),
        };

    private static string Shown(IReadOnlyList<string> row) => Short(string.Join(", ", row.Take(6)));

    private static string Short(string text) => text.Length <= 60 ? text : text[..60] + "…";
}
