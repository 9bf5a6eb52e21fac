using System.Globalization;
using System.Text;

namespace TaskDsl.Unicode;

/// <summary>
/// The words of a text of any script: runs of letters, marks and digits, after the normal form KC and without regard to case. A mark
/// belongs to its letter, and what joins letters without being seen (U+200C, U+00AD) parts nothing, as Unicode's word boundaries have it
/// (UAX 29). In a script that is written without spaces each letter with its marks is a word.
/// </summary>
public static class TextWords
{
    private const int ZeroWidthSpace = 0x200B;

    /// <summary>The words in their order.</summary>
    public static IReadOnlyList<string> Of(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var standsAlone = false;
        var utf8 = UnicodeForm.KC.Apply(Encoding.UTF8.GetBytes(text));
        while (!utf8.IsEmpty)
        {
            Rune.DecodeFromUtf8(utf8, out var rune, out var used);
            utf8 = utf8[used..];
            if (Rune.IsLetter(rune) || Rune.IsNumber(rune))
            {
                var isAlone = HasNoSpaces(rune);
                if (isAlone || standsAlone)
                    End();
                standsAlone = isAlone;
                word.Append(Folded(rune));
            }
            else if (!IsMark(rune))
            {
                End();
            }
            else if (word.Length > 0 && Rune.GetUnicodeCategory(rune) != UnicodeCategory.Format)
            {
                word.Append(rune);
            }
        }

        End();
        return words;

        void End()
        {
            if (word.Length > 0)
                words.Add(word.ToString());
            word.Clear();
            standsAlone = false;
        }
    }

    /// <summary>
    /// Whether a sign, no digit, is of a script that is written without spaces between words, so that only a dictionary could find them.
    /// </summary>
    public static bool HasNoSpaces(Rune rune) =>
        !Rune.IsDigit(rune)
        && rune.Value
            is (>= 0x0E00 and <= 0x0EFF) // Thai, Lao
                or (>= 0x1000 and <= 0x109F) // Burmese
                or (>= 0x1780 and <= 0x17FF) // Khmer
                or (>= 0x1950 and <= 0x19DF) // Tai Le, New Tai Lue
                or (>= 0x1A20 and <= 0x1AAF) // Tai Tham
                or (>= 0x1B00 and <= 0x1B7F) // Balinese
                or (>= 0x2E80 and <= 0x312F) // radicals, kana, Bopomofo
                or (>= 0x31A0 and <= 0x31FF) // more Bopomofo, small kana
                or (>= 0x3400 and <= 0x9FFF) // Han
                or (>= 0xA980 and <= 0xA9FF) // Javanese, more Burmese
                or (>= 0xAA60 and <= 0xAADF) // more Burmese, Tai Viet
                or (>= 0xF900 and <= 0xFAFF) // Han
                or (>= 0xFF66 and <= 0xFF9F) // kana of half the width
                or (>= 0x11700 and <= 0x1174F) // Ahom
                or (>= 0x1AFF0 and <= 0x1B16F) // more kana
                or (>= 0x20000 and <= 0x3FFFF); // Han

    /// <summary>Whether a sign belongs to the letter that it follows: a mark, or what joins letters without being seen.</summary>
    public static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark => true,
            UnicodeCategory.Format => rune.Value != ZeroWidthSpace,
            _ => false,
        };

    // By way of the capital, so that both of Greek's small sigmas are one.
    private static Rune Folded(Rune rune) => Rune.ToLowerInvariant(Rune.ToUpperInvariant(rune));
}
