using System.Globalization;
using System.Text;

namespace TaskDsl.Unicode;

/// <summary>
/// What a text is searched by: its words (<see cref="TextWords"/>), and of a script that is written without spaces the pairs of letters
/// that stand side by side, as Lucene's analyser for Chinese, Japanese and Korean has it: 天气预报 is 天气, 气预, 预报. A letter that stands
/// alone is itself.
/// </summary>
public static class SearchTerms
{
    private const int ZeroWidthSpace = 0x200B;

    /// <summary>The terms in their order.</summary>
    public static IReadOnlyList<string> Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var terms = new List<string>();
        foreach (var part in Parts(text))
        {
            string? before = null;
            var paired = false;
            foreach (var word in TextWords.Of(part))
            {
                var letter = TextWords.HasNoSpaces(Rune.GetRuneAt(word, 0)) ? word : null;
                if (before is not null && letter is not null)
                    terms.Add(before + letter);
                else if (before is not null && !paired)
                    terms.Add(before);
                if (letter is null)
                    terms.Add(word);
                paired = before is not null && letter is not null;
                before = letter;
            }

            if (before is not null && !paired)
                terms.Add(before);
        }

        return terms;
    }

    /// <summary>The text between signs that are no part of a word: letters on both sides of one are no pair.</summary>
    private static IEnumerable<string> Parts(string text)
    {
        var part = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsWithinWords(rune))
            {
                part.Append(rune);
                continue;
            }

            if (part.Length > 0)
                yield return part.ToString();
            part.Clear();
        }

        if (part.Length > 0)
            yield return part.ToString();
    }

    private static bool IsWithinWords(Rune rune) =>
        Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark => true,
            UnicodeCategory.Format => rune.Value != ZeroWidthSpace,
            _ => Rune.IsLetter(rune) || Rune.IsNumber(rune),
        };
}
