using System.Text;
using TaskDsl.Data.Files;

namespace TaskDsl.Generators.Columns;

/// <summary>Rows of separated values, up to where the text breaks off or cannot be read: that is told by the run.</summary>
internal static class SeparatedRows
{
    private static readonly char[] Newlines = ['\r', '\n'];

    /// <summary>The rows, each with the line that it begins in, from 1.</summary>
    /// <param name="text">The text.</param>
    /// <param name="separator">What separates values.</param>
    /// <param name="quotes">Whether values may stand in quotes.</param>
    /// <param name="isWhole">Whether the text's end is that of its last row.</param>
    public static IEnumerable<(int Line, List<string> Cells)> Read(string text, char separator, bool quotes, bool isWhole = true)
    {
        char[] ends = [separator, '\n'];
        for (int at = 0, line = 1, first = 1; at < text.Length; first = line)
        {
            var cells = new List<string>();
            for (var goesOn = true; goesOn; )
            {
                if (quotes && at < text.Length && text[at] == '"')
                {
                    if (
                        Quoted(text, ref at) is not { } value
                        || (at < text.Length && text[at] != separator && !Newlines.Contains(text[at]))
                    )
                        yield break;
                    line += value.Count(sign => sign == '\n');
                    cells.Add(value);
                    at += at < text.Length && text[at] == '\r' ? 1 : 0;
                }
                else
                {
                    var end = text.IndexOfAny(ends, at) is >= 0 and var found ? found : text.Length;
                    var isLast = end == text.Length || text[end] == '\n';
                    cells.Add(isLast ? text.Substring(at, end - at).TrimEnd('\r') : text.Substring(at, end - at));
                    at = end;
                }

                goesOn = at < text.Length && text[at] == separator;
                if (at == text.Length && !isWhole)
                    yield break;
                at++;
            }

            line++;
            if (cells is not [""])
                yield return (first, cells);
        }
    }

    /// <summary>The values that are asked for.</summary>
    public static IEnumerable<DataValue> Values(string text, bool isWhole, DataQuestion question, char? declared, bool quotes)
    {
        var said = text.IndexOf('\n') is >= 0 and var end ? Separators.Said(text.Substring(0, end).TrimEnd('\r')) : null;
        List<(int Path, int Column)>? asked = null;
        var width = 0;
        foreach (var (line, cells) in Read(text, said ?? declared ?? ',', quotes, isWhole).Skip(said is null ? 0 : 1))
        {
            // A row of another width is no record, as the run says; nobody knows which of its cells stands where.
            if (asked is not null && cells.Count == width)
                foreach (var (path, column) in asked)
                    if (quotes || !cells[column].StartsWith("\"", StringComparison.Ordinal))
                        yield return new DataValue(path, cells[column], line);
            width = asked is null ? cells.Count : width;
            asked ??=
            [
                .. question
                    .Labels.Concat(question.Texts)
                    .Select((path, index) => (index, cells.IndexOf(path.Names[0])))
                    .Where(place => place.Item2 >= 0),
            ];
        }
    }

    private static string? Quoted(string text, ref int at)
    {
        var value = new StringBuilder();
        for (at++; at < text.Length; at++)
        {
            if (text[at] == '"' && (++at >= text.Length || text[at] != '"'))
                return value.ToString();
            value.Append(text[at]);
        }

        return null;
    }
}
