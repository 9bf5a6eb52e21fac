using System.Globalization;
using System.Text;

namespace TaskDsl.Unicode;

/// <summary>
/// Texts that look the same and are not: by their Unicode form, their blanks, signs that show nothing, or letters of another alphabet.
/// </summary>
internal static class LookAlike
{
    private const int MostShown = 6;

    // Cyrillic and Greek letters and the Latin ones that they look like (Unicode's confusables, those of keyboards).
    private const string Others = "асеорхуіјѕһԁԛԝАВЕКМНОРСТХІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧο";
    private const string Latin = "aceopxyijshdqwABEKMHOPCTXIJSABEZHIKMNOPTYXo";

    private static readonly NormalText Plain = new(UnicodeForm.C);
    private static readonly NormalText Compatible = new(UnicodeForm.KC);

    /// <summary>Whether two texts look the same and are not.</summary>
    public static bool Are(string one, string other) => one != other && Fold(one).Trim() == Fold(other).Trim();

    /// <summary>What makes two texts one, for messages.</summary>
    public static string Cure(string one, string other) =>
        Plain.Of(one) == Plain.Of(other) ? " ('normalize_text' as the first stage makes them one)"
        : Compatible.Of(one) == Compatible.Of(other) ? " ('normalize_text: nfkc' as the first stage makes them one)"
        : " (correct it in the file)";

    /// <summary>A piece of a text, as it stands there but for the way that it is written; null where it does not.</summary>
    public static string? Find(string text, string piece)
    {
        var folded = new StringBuilder();
        var places = new List<(int Start, int End)>();
        for (var at = 0; at < text.Length; )
        {
            var length = StringInfo.GetNextTextElementLength(text.AsSpan(at));
            folded.Append(Fold(text.Substring(at, length)));
            while (places.Count < folded.Length)
                places.Add((at, at + length));
            at += length;
        }

        var wanted = Fold(piece);
        var start = wanted.Length == 0 ? -1 : folded.ToString().IndexOf(wanted, StringComparison.Ordinal);
        return start < 0 ? null : text[places[start].Start..places[start + wanted.Length - 1].End];
    }

    /// <summary>Where a text differs from one that looks the same: <c>its Unicode form: U+0065 U+0301 instead of U+00E9</c>.</summary>
    public static string Difference(string text, string other)
    {
        if (text.Trim() == other)
            return "the blanks around it";
        Rune[] ours = [.. text.EnumerateRunes()];
        Rune[] theirs = [.. other.EnumerateRunes()];
        var same = ours.AsSpan().CommonPrefixLength(theirs);
        var (mine, yours) = (ours[same..], theirs[same..]);
        while (mine.Length > 0 && yours.Length > 0 && mine[^1] == yours[^1])
            (mine, yours) = (mine[..^1], yours[..^1]);
        return yours.Length == 0 ? $"{CodePoints(mine)}, which does not show"
            : mine.Length == 0 ? $"{CodePoints(yours)}, which it lacks"
            : $"{(Compatible.Of(text) == Compatible.Of(other) ? "its Unicode form" : "letters of another alphabet")}: "
                + $"{CodePoints(mine)} instead of {CodePoints(yours)}";
    }

    private static string CodePoints(Rune[] runes) =>
        string.Join(' ', runes.Take(MostShown).Select(rune => Visible.CodePoint(rune.Value))) + (runes.Length > MostShown ? " …" : "");

    private static string Fold(string text)
    {
        var signs = text.Where(c => !Visible.IsHidden(c) || char.IsWhiteSpace(c))
            .Select(c =>
                char.IsWhiteSpace(c) ? ' '
                : Others.IndexOf(c, StringComparison.Ordinal) is >= 0 and var at ? Latin[at]
                : c
            );
        return Encoding.UTF8.GetString(UnicodeForm.KC.Apply(Encoding.UTF8.GetBytes(string.Concat(signs))));
    }
}
