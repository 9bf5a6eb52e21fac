using System.Text;
using TaskDsl.Unicode;

namespace TaskDsl.Codecs;

/// <summary>A text cut into its units: all together they are the text again, whatever it holds.</summary>
public static class EditUnits
{
    /// <summary>The units in their order; none of an empty text.</summary>
    public static string[] Of(string text, EditUnit unit)
    {
        var units = new List<string>();
        var (start, at) = (0, 0);
        var last = default(Rune);
        foreach (var rune in text.EnumerateRunes())
        {
            if (at > start && Begins(text.AsSpan(start, at - start), last, rune, unit))
            {
                units.Add(text[start..at]);
                start = at;
            }

            (last, at) = (rune, at + rune.Utf16SequenceLength);
        }

        if (at > start)
            units.Add(text[start..at]);
        return [.. units];
    }

    /// <summary>Whether a unit begins with a character that stands behind others of the one before.</summary>
    private static bool Begins(ReadOnlySpan<char> before, Rune last, Rune rune, EditUnit unit) =>
        unit switch
        {
            EditUnit.Character => true,
            EditUnit.Line => last.Value == '\n',
            _ => !before.IsWhiteSpace() && !(IsOfWord(last) && IsOfWord(rune)) && !TextWords.IsMark(rune),
        };

    private static bool IsOfWord(Rune rune) => (Rune.IsLetterOrDigit(rune) || TextWords.IsMark(rune)) && !TextWords.HasNoSpaces(rune);
}
