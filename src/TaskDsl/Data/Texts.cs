using System.Globalization;
using System.Text.Json;

namespace TaskDsl.Data;

/// <summary>Texts of records.</summary>
public static class Texts
{
    /// <summary>A text; null for null.</summary>
    /// <exception cref="RecordException">It is something else.</exception>
    public static string? Of(JsonElement value, string path)
    {
        if (value.ValueKind == JsonValueKind.Null)
            return null;
        if (value.ValueKind != JsonValueKind.String)
            throw new RecordException(path, Describe(value), "a text");
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            throw new RecordException(path, "a text with invalid UTF-8 or half a surrogate pair", "valid Unicode");
        }
    }

    /// <summary>Whether a text shows nothing: it is empty, or white space and what takes no space.</summary>
    public static bool IsBlank(ReadOnlySpan<char> text)
    {
        foreach (var sign in text)
            if (!char.IsWhiteSpace(sign) && char.GetUnicodeCategory(sign) is not (UnicodeCategory.Format or UnicodeCategory.Control))
                return false;
        return true;
    }

    /// <summary>A blank text, for messages.</summary>
    public static string DescribeBlank(string text) => text.Length == 0 ? "an empty text" : "a text of blanks alone";

    /// <summary>A value, for messages.</summary>
    public static string Describe(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "a list",
            _ => RecordPath.Quote(value.GetRawText()),
        };
}
