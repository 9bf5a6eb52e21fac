using System.Text;
using System.Text.Json;

namespace TaskDsl.Data;

/// <summary>What is wrong with broken JSON, in words of its writer: what stands there, and what should.</summary>
internal static class BrokenJson
{
    private const int Deepest = 64;

    private static readonly Dictionary<string, string> Foreign = new(StringComparer.Ordinal)
    {
        ["NaN"] = "NaN, which is no number in JSON; write null, or leave the field out",
        ["nan"] = "nan, which is no number in JSON; write null, or leave the field out",
        ["Infinity"] = "Infinity, which is no number in JSON; write null, or leave the field out",
        ["None"] = "Python's None, which is null in JSON (json.dumps writes it)",
        ["True"] = "Python's True, which is true in JSON (json.dumps writes it)",
        ["False"] = "Python's False, which is false in JSON (json.dumps writes it)",
        ["undefined"] = "undefined, which JSON does not have; write null, or leave the field out",
    };

    /// <summary>What is wrong with one JSON value.</summary>
    /// <param name="json">All of it.</param>
    /// <param name="error">The reader's error.</param>
    public static string Describe(ReadOnlySpan<byte> json, JsonException error)
    {
        var at = 0;
        for (var line = error.LineNumber ?? 0; line > 0 && json[at..].IndexOf((byte)'\n') is >= 0 and var end; line--)
            at += end + 1;
        return Describe(json, at + (int)(error.BytePositionInLine ?? 0), error, isWhole: true);
    }

    /// <summary>What is wrong with JSON, at a byte of what is at hand.</summary>
    /// <param name="json">What is at hand.</param>
    /// <param name="at">The byte.</param>
    /// <param name="error">The reader's error.</param>
    /// <param name="isWhole">Whether it is one value, behind which there is nothing.</param>
    public static string Describe(ReadOnlySpan<byte> json, int at, JsonException error, bool isWhole)
    {
        at = Math.Clamp(at, 0, json.Length);
        return $"broken JSON at byte {error.BytePositionInLine + 1}: {Found(json, at, isWhole)}";
    }

    private static string Found(ReadOnlySpan<byte> json, int at, bool isWhole)
    {
        var (depth, isText) = Place(json[..at]);
        var rest = json[at..];
        var before = json[..at].TrimEnd(" \t\r\n"u8);
        if (rest.IndexOfAnyExcept(" \t\r\n"u8) < 0 && !(isText && rest.Length > 0))
            return json.IsEmpty
                ? "there is nothing"
                : $"it ends {(isText ? "inside a text" : "before it is closed")}: it was cut off, or a quote or a bracket is missing";
        if (depth >= Deepest)
            return $"lists and objects more than {Deepest} deep";
        if (isText && rest[0] < ' ')
            return "a line break or another control character inside a text; JSON writes it as \\n, \\t or \\u0000";
        if (isText && before.EndsWith("\\"u8))
            return $"'\\{(char)rest[0]}' inside a text; a backslash is written '\\\\'";
        if (Foreign.TryGetValue(WordAt(json, at), out var foreign))
            return foreign;
        return rest[0] switch
        {
            (byte)'\'' => "a text in single quotes; JSON's are double (Python's json.dumps writes them, str does not)",
            (byte)'/' or (byte)'#' => "a comment, which JSON does not have",
            (byte)'}' or (byte)']' when before.EndsWith(","u8) => $"a comma before '{(char)rest[0]}', where nothing follows; take it out",
            _ when isWhole && depth == 0 && before.Length > 0 => $"{Piece(rest)} behind its end; one object stands there, and nothing else",
            _ => $"a comma, a colon, a quote or a bracket is missing or too many before {Piece(rest)}",
        };
    }

    // How deep a place is, and whether it is inside a text.
    private static (int Depth, bool IsText) Place(ReadOnlySpan<byte> before)
    {
        var (depth, isText) = (0, false);
        for (var i = 0; i < before.Length; i++)
        {
            if (before[i] == '"')
                isText = !isText;
            else if (isText && before[i] == '\\')
                i++;
            else if (!isText)
                depth +=
                    before[i] is (byte)'{' or (byte)'[' ? 1
                    : before[i] is (byte)'}' or (byte)']' ? -1
                    : 0;
        }

        return (depth, isText);
    }

    private static string WordAt(ReadOnlySpan<byte> json, int at)
    {
        var (start, end) = (at, at);
        while (start > 0 && char.IsAsciiLetter((char)json[start - 1]))
            start--;
        while (end < json.Length && char.IsAsciiLetter((char)json[end]))
            end++;
        return Encoding.ASCII.GetString(json[start..end]);
    }

    private static string Piece(ReadOnlySpan<byte> rest) => RecordPath.Quote(Encoding.UTF8.GetString(rest[..Math.Min(rest.Length, 24)]));
}
