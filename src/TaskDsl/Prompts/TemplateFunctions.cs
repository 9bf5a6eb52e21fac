using System.Globalization;

namespace TaskDsl.Prompts;

/// <summary>Scriban's built-in functions as compiled templates call them: same results, null for a missing text where Scriban takes it.</summary>
public static class TemplateFunctions
{
    /// <summary><c>string.capitalize</c>.</summary>
    public static string Capitalize(string? text) => string.IsNullOrEmpty(text) || char.IsUpper(text[0]) ? text ?? "" : char.ToUpperInvariant(text[0]) + text[1..];

    /// <summary><c>string.upcase</c>.</summary>
    public static string? Upcase(string? text) => text?.ToUpperInvariant();

    /// <summary><c>string.downcase</c>.</summary>
    public static string? Downcase(string? text) => text?.ToLowerInvariant();

    /// <summary><c>string.strip</c>.</summary>
    public static string? Strip(string? text) => text?.Trim();

    /// <summary><c>string.lstrip</c>.</summary>
    public static string? StripLeft(string? text) => text?.TrimStart();

    /// <summary><c>string.rstrip</c>.</summary>
    public static string? StripRight(string? text) => text?.TrimEnd();

    /// <summary><c>string.contains</c>.</summary>
    public static bool Contains(string? text, string? part) => !string.IsNullOrEmpty(text) && part is not null && text.Contains(part, StringComparison.Ordinal);

    /// <summary><c>string.starts_with</c>.</summary>
    public static bool StartsWith(string? text, string? part) => text is not null && part is not null && text.StartsWith(part, StringComparison.Ordinal);

    /// <summary><c>string.ends_with</c>.</summary>
    public static bool EndsWith(string? text, string? part) => text is not null && part is not null && text.EndsWith(part, StringComparison.Ordinal);

    /// <summary><c>string.replace</c>.</summary>
    public static string? Replace(string? text, string? match, string? replacement) =>
        string.IsNullOrEmpty(text) ? text : string.IsNullOrEmpty(match) ? text : text.Replace(match, replacement, StringComparison.Ordinal);

    /// <summary><c>string.truncate</c>: at most so many characters, the ellipsis among them.</summary>
    public static string Truncate(string? text, long length, string? ellipsis = null)
    {
        ellipsis ??= "...";
        if (text is null) return "";
        var kept = (int)Math.Max(0, length - ellipsis.Length);
        return text.Length > length ? string.Concat(text.AsSpan(0, Math.Min(kept, text.Length)), ellipsis) : text;
    }

    /// <summary><c>object.default</c>: an empty text counts as missing.</summary>
    public static string? Default(string? text, string? otherwise) => string.IsNullOrEmpty(text) ? otherwise : text;

    /// <summary><c>array.join</c>.</summary>
    public static string Join<T>(IReadOnlyList<T>? items, string? separator, Func<T, string?> text) => items is null ? "" : string.Join(separator, items.Select(text));

    /// <summary><c>array.first</c>; the default where there is none.</summary>
    public static T? First<T>(IReadOnlyList<T>? items) => items is { Count: > 0 } ? items[0] : default;

    /// <summary><c>array.last</c>; the default where there is none.</summary>
    public static T? Last<T>(IReadOnlyList<T>? items) => items is { Count: > 0 } ? items[^1] : default;

    /// <summary><c>array.limit</c>.</summary>
    public static IReadOnlyList<T> Limit<T>(IReadOnlyList<T>? items, long count) => items is null ? [] : [.. items.Take((int)Math.Clamp(count, 0, int.MaxValue))];

    /// <summary>A value as a template prints it.</summary>
    public static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A value as a template prints it.</summary>
    public static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>A value as a template prints it.</summary>
    public static string Text(bool value) => value ? "true" : "false";
}
