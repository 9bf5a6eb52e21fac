using System.Globalization;
using System.Text;

namespace TaskDsl.Unicode;

/// <summary>Texts as messages show them: what cannot be seen stands as its code point. Compiler and runtime share it.</summary>
public static class Visible
{
    /// <summary>A text in which each sign that shows nothing is its code point: <c>tea[U+200B]</c>.</summary>
    public static string Of(string text)
    {
        if (!(text ?? throw new ArgumentNullException(nameof(text))).Any(IsHidden))
            return text;
        var shown = new StringBuilder();
        foreach (var sign in text)
            _ = IsHidden(sign) ? shown.Append('[').Append(CodePoint(sign)).Append(']') : shown.Append(sign);
        return shown.ToString();
    }

    /// <summary>Whether a sign shows nothing, or shows as a blank that it is not.</summary>
    public static bool IsHidden(char sign) =>
        sign is not (' ' or '\t' or '\r' or '\n')
        && (
            char.IsWhiteSpace(sign)
            || CharUnicodeInfo.GetUnicodeCategory(sign) is UnicodeCategory.Format or UnicodeCategory.Control
            || sign is '\uFE0E' or '\uFE0F'
        );

    /// <summary>A code point as Unicode writes it: <c>U+00E9</c>.</summary>
    public static string CodePoint(int rune) => "U+" + rune.ToString("X4", CultureInfo.InvariantCulture);
}
