using System.Text;

namespace TaskDsl.App.Drafting.Looking;

/// <summary>The first rows of a table, read leniently: to see what separates its columns, and whether its first row names them.</summary>
internal static class FirstRows
{
    private const int Most = 200;

    /// <summary>The rows of a start of a file; the last, which may be cut off, only where the start is all there is.</summary>
    /// <param name="start">The start.</param>
    /// <param name="separator">What separates columns.</param>
    /// <param name="isWhole">Whether the start is all of the file.</param>
    public static IReadOnlyList<IReadOnlyList<string>> Read(string start, char separator, bool isWhole)
    {
        var rows = new List<IReadOnlyList<string>>();
        var (row, cell, quoted) = (new List<string>(), new StringBuilder(), false);
        for (var i = 0; i < start.Length && rows.Count < Most; i++)
        {
            var sign = start[i];
            if (quoted && sign == '"' && i + 1 < start.Length && start[i + 1] == '"')
                cell.Append(start[i++]);
            else if (sign == '"' && (quoted || cell.Length == 0))
                quoted = !quoted;
            else if (!quoted && sign == separator)
                End(cell, row);
            else if (!quoted && sign is '\n' or '\r')
                EndRow(i > 0 && start[i - 1] == '\r' && sign == '\n');
            else
                cell.Append(sign);
        }

        if (isWhole && (cell.Length > 0 || row.Count > 0))
            EndRow(false);
        return rows;

        void EndRow(bool isSecondSign)
        {
            if (isSecondSign)
                return;
            End(cell, row);
            rows.Add(row);
            row = [];
        }
    }

    private static void End(StringBuilder cell, List<string> row)
    {
        row.Add(cell.ToString());
        cell.Clear();
    }

    /// <summary>What separates the columns of a table, by its first rows; a comma where nothing seems to.</summary>
    public static char Separator(string start, bool isWhole)
    {
        var best = (Sign: ',', Score: 0.0);
        foreach (var sign in ",\t;|")
        {
            // Rows of one width that is more than one; a few titles above the table do not matter.
            var widths = Read(start, sign, isWhole).Where(row => row.Count > 1 || row[0].Length > 0).Select(row => row.Count).ToList();
            if (widths.Count == 0)
                continue;
            var usual = widths.CountBy(width => width).MaxBy(width => width.Value);
            var score = usual.Key < 2 ? 0 : (double)usual.Value / widths.Count + usual.Key * 1e-3;
            if (score > best.Score)
                best = (sign, score);
        }

        return best.Sign;
    }
}
