using System.Globalization;
using System.Text;

namespace TaskDsl.Generators.Columns;

/// <summary>
/// Reads JSON in a text that may break off anywhere. It takes JSON at its word: what is broken is told by the run, with its place.
/// </summary>
/// <param name="text">The text.</param>
/// <param name="at">Where to begin.</param>
/// <param name="line">Which line of the file that is, from 1.</param>
internal sealed class JsonScan(string text, int at, int line)
{
    // A compiler has one stack for all: what lies deeper is passed over without going in.
    private const int Deepest = 64;

    private int at = at;
    private int lineAt = at;
    private int line = line;

    /// <summary>The names of an object; null where there is none or it does not end.</summary>
    /// <param name="asked">The values in it that are asked for.</param>
    /// <param name="values">Receives them.</param>
    /// <param name="depth">In how many other values it stands.</param>
    public List<string>? Object(ValueTree? asked = null, List<DataValue>? values = null, int depth = 0)
    {
        var names = new List<string>();
        if (!Take('{'))
            return null;
        if (Take('}'))
            return names;
        do
        {
            if (Text() is not { } name || !Take(':') || !Value(asked?[name], values, depth + 1))
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

    private bool Value(ValueTree? asked, List<DataValue>? values, int depth)
    {
        if (asked is null || depth > Deepest)
            return PassOver();
        if (Take('['))
        {
            if (Take(']'))
                return true;
            do
            {
                if (!Value(asked, values, depth + 1))
                    return false;
            } while (Take(','));
            return Take(']');
        }

        if (at < text.Length && text[at] == '{')
            return Object(asked, values, depth) is not null;
        var start = at;
        var value = at < text.Length && text[at] == '"' ? Text() : null;
        if (value is null && !PassOver())
            return false;
        // Data often says 0 and 1, or true and false, where these are a label's keys.
        value ??= text.Substring(start, at - start).TrimEnd() is not "null" and var bare ? bare : null;
        if (value is not null && asked.Path >= 0)
            values!.Add(new DataValue(asked.Path, value, LineOf(start)));
        return true;
    }

    private int LineOf(int place)
    {
        for (; lineAt < place; lineAt++)
            line += text[lineAt] == '\n' ? 1 : 0;
        return line;
    }

    private bool PassOver()
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
