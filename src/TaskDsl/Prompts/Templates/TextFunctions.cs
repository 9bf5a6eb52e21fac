using System.Globalization;
using System.Text.RegularExpressions;

namespace TaskDsl.Prompts.Templates;

/// <summary>
/// What compiled templates call for <c>string.*</c>: each does what Scriban's function of that name does, also with null. Nothing here
/// depends on the machine's culture.
/// </summary>
public static partial class TextFunctions
{
    /// <summary><c>string.strip</c>.</summary>
    public static ReadOnlySpan<char> Strip(ReadOnlySpan<char> text) => text.Trim();

    /// <summary><c>string.lstrip</c>.</summary>
    public static ReadOnlySpan<char> StripStart(ReadOnlySpan<char> text) => text.TrimStart();

    /// <summary><c>string.rstrip</c>.</summary>
    public static ReadOnlySpan<char> StripEnd(ReadOnlySpan<char> text) => text.TrimEnd();

    /// <summary><c>string.slice</c>.</summary>
    public static ReadOnlySpan<char> Slice(ReadOnlySpan<char> text, int start, int length = int.MaxValue)
    {
        if (text.IsEmpty || start >= text.Length)
            return [];
        if (start < 0)
            start += text.Length;
        if (length == int.MaxValue)
            length = text.Length;
        if (start < 0)
        {
            if (start + length <= 0)
                return [];
            length += start;
            start = 0;
        }

        return text.Slice(start, Math.Min(length, text.Length - start));
    }

    /// <summary><c>string.upcase</c>.</summary>
    public static string Upcase(string text) => text.ToUpperInvariant();

    /// <summary><c>string.downcase</c>.</summary>
    public static string Downcase(string text) => text.ToLowerInvariant();

    /// <summary><c>string.capitalize</c>.</summary>
    public static string Capitalize(string? text) =>
        string.IsNullOrEmpty(text) || char.IsUpper(text[0]) ? text ?? "" : string.Concat([char.ToUpperInvariant(text[0])], text.AsSpan(1));

    /// <summary><c>string.capitalizewords</c>.</summary>
    public static string CapitalizeWords(string? text) => text is null ? "" : string.Create(text.Length, text, static (words, text) =>
            {
                var begin = true;
                for (var i = 0; i < text.Length; i++)
                {
                    var isFirst = begin && char.IsLetter(text[i]);
                    words[i] = isFirst ? char.ToUpperInvariant(text[i]) : text[i];
                    begin = char.IsWhiteSpace(text[i]) || (begin && !isFirst);
                }
            });

    /// <summary><c>string.strip_newlines</c>.</summary>
    public static string StripNewlines(string? text) =>
        text is null ? "" : text.Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal);

    /// <summary><c>string.truncate</c>.</summary>
    public static string Truncate(string? text, int length, string? ellipsis = null)
    {
        ellipsis ??= "...";
        if (string.IsNullOrEmpty(text))
            return "";
        return text.Length <= length ? text : string.Concat(text.AsSpan(0, Math.Max(0, length - ellipsis.Length)), ellipsis);
    }

    /// <summary><c>string.truncatewords</c>; as Scriban's, it writes <c>...</c> at the end always.</summary>
    public static string TruncateWords(string? text, int count) =>
        string.IsNullOrEmpty(text) ? "" : string.Join(' ', WhiteSpace().Split(text).Take(count)) + "...";

    /// <summary><c>string.replace</c>.</summary>
    public static string Replace(string? text, string? match, string? replacement) =>
        string.IsNullOrEmpty(text) ? "" : text.Replace(match ?? "", replacement ?? "", StringComparison.Ordinal);

    /// <summary><c>string.replace_first</c>.</summary>
    public static string ReplaceFirst(string? text, string? match, string? replacement) =>
        ReplaceOnce(text, match, replacement, fromEnd: false);

    /// <summary><c>string.remove</c>.</summary>
    public static string Remove(string text, string? match) =>
        string.IsNullOrEmpty(match) ? text : text.Replace(match, "", StringComparison.Ordinal);

    /// <summary><c>string.remove_first</c>.</summary>
    public static string RemoveFirst(string text, string? match) => ReplaceOnce(text, match, "", fromEnd: false);

    /// <summary><c>string.remove_last</c>.</summary>
    public static string RemoveLast(string text, string? match) => ReplaceOnce(text, match, "", fromEnd: true);

    /// <summary><c>string.pad_left</c>.</summary>
    public static string PadLeft(string? text, int width) => (text ?? "").PadLeft(width);

    /// <summary><c>string.pad_right</c>.</summary>
    public static string PadRight(string? text, int width) => (text ?? "").PadRight(width);

    /// <summary><c>string.contains</c>.</summary>
    public static bool Contains(string? text, string? value) =>
        !string.IsNullOrEmpty(text) && !string.IsNullOrEmpty(value) && text.Contains(value, StringComparison.Ordinal);

    /// <summary><c>string.starts_with</c>.</summary>
    public static bool StartsWith(string? text, string? value) =>
        !string.IsNullOrEmpty(text) && !string.IsNullOrEmpty(value) && text.StartsWith(value, StringComparison.Ordinal);

    /// <summary><c>string.ends_with</c>.</summary>
    public static bool EndsWith(string? text, string? value) =>
        !string.IsNullOrEmpty(text) && !string.IsNullOrEmpty(value) && text.EndsWith(value, StringComparison.Ordinal);

    /// <summary><c>string.split</c>.</summary>
    public static ReadOnlySpan<string> Split(string? text, string? separator) =>
        string.IsNullOrEmpty(text) ? []
        : string.IsNullOrEmpty(separator) ? new[] { text }
        : text.Split(separator, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The order of two texts, by their characters' numbers; null where neither is there.</summary>
    public static int? Compare(string? left, string? right) => left is null && right is null ? null : string.CompareOrdinal(left, right);

    /// <summary>A label's surface form; null where there is no label.</summary>
    public static string? Word(string[] words, int? index) => index is { } i ? words[i] : null;

    /// <summary>A number as it is printed.</summary>
    public static string? Print(long? value) => value?.ToString(CultureInfo.InvariantCulture);

    /// <summary>A number as it is printed.</summary>
    public static string? Print(double? value) => value?.ToString(CultureInfo.InvariantCulture);

    /// <summary>A truth value as it is printed.</summary>
    public static string? Print(bool? value) =>
        value is { } b
            ? b
                ? "true"
                : "false"
            : null;

    private static string ReplaceOnce(string? text, string? match, string? replacement, bool fromEnd)
    {
        if (string.IsNullOrEmpty(text))
            return "";
        if (string.IsNullOrEmpty(match))
            return text;
        var at = fromEnd
            ? text.LastIndexOf(match, StringComparison.OrdinalIgnoreCase)
            : text.IndexOf(match, StringComparison.OrdinalIgnoreCase);
        return at < 0 ? text : string.Concat(text.AsSpan(0, at), replacement, text.AsSpan(at + match.Length));
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();
}
