using System.Globalization;
using System.Text;

namespace TaskDsl.Generators.Columns;

/// <summary>
/// The property names of the JSON objects in a text that may break off anywhere. It takes JSON at its word: what is broken is told by the
/// run, with its place.
/// </summary>
internal static class JsonColumns
{
    private const int MostRecords = 1000;

    /// <summary>The columns of objects, one a line.</summary>
    public static ColumnNames OfLines(string text)
    {
        var records = new List<List<string>>();
        for (var at = 0; at < text.Length && records.Count < MostRecords; )
        {
            var scan = new Scan(text, at);
            if (scan.Object() is { } names)
                records.Add(names);
            at = text.IndexOf('\n', at) is >= 0 and var newline ? newline + 1 : text.Length;
        }

        return Columns(records);
    }

    /// <summary>The columns of the objects in an array, or in an object that names them.</summary>
    public static ColumnNames OfDocument(string text)
    {
        var records = new List<List<string>>();
        var scan = new Scan(text, 0);
        var keyed = scan.Take('{');
        if (!keyed && !scan.Take('['))
            return ColumnNames.None;
        do
        {
            if (keyed && (scan.Text() is null || !scan.Take(':')))
                break;
            if (scan.Object() is not { } names)
                break;
            records.Add(names);
        } while (scan.Take(',') && records.Count < MostRecords);
        return Columns(records);
    }

    private static ColumnNames Columns(List<List<string>> records)
    {
        if (records.Count == 0)
            return ColumnNames.None;
        var always = new HashSet<string>(records[0], StringComparer.Ordinal);
        foreach (var record in records)
            always.IntersectWith(record);
        return new ColumnNames(new(records.SelectMany(names => names).Distinct()), new(records[0].Distinct().Where(always.Contains)));
    }

    private sealed class Scan(string text, int at)
    {
        private int at = at;

        /// <summary>The names of an object; null where there is none or it does not end.</summary>
        public List<string>? Object()
        {
            var names = new List<string>();
            if (!Take('{'))
                return null;
            if (Take('}'))
                return names;
            do
            {
                if (Text() is not { } name || !Take(':') || !Value())
                    return null;
                names.Add(name);
            } while (Take(','));
            return Take('}') ? names : null;
        }

        public bool Take(char sign)
        {
            while (at < text.Length && text[at] is ' ' or '\t' or '\r' or '\n')
                at++;
            if (at >= text.Length || text[at] != sign)
                return false;
            at++;
            return true;
        }

        public string? Text()
        {
            if (!Take('"'))
                return null;
            var value = new StringBuilder();
            for (; at < text.Length; at++)
            {
                if (text[at] == '"')
                {
                    at++;
                    return value.ToString();
                }

                if (text[at] != '\\')
                    value.Append(text[at]);
                else if (++at < text.Length)
                    value.Append(Escaped());
            }

            return null;
        }

        private char Escaped()
        {
            if (
                text[at] == 'u'
                && at + 4 < text.Length
                && int.TryParse(text.Substring(at + 1, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var code)
            )
            {
                at += 4;
                return (char)code;
            }

            return text[at] switch
            {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                'b' => '\b',
                'f' => '\f',
                var other => other,
            };
        }

        private bool Value()
        {
            var depth = 0;
            while (at < text.Length)
            {
                switch (text[at])
                {
                    case '"':
                        if (Text() is null)
                            return false;
                        continue;
                    case '{' or '[':
                        depth++;
                        break;
                    case '}' or ']':
                        if (depth-- == 0)
                            return true;
                        break;
                    case ',' when depth == 0:
                        return true;
                }

                at++;
            }

            return false;
        }
    }
}
