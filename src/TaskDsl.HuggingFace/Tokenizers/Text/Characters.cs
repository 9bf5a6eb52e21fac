using System.Globalization;
using System.Text;

namespace TaskDsl.HuggingFace.Tokenizers.Text;

/// <summary>Kinds of characters, as the reference tells them apart.</summary>
internal static class Characters
{
    /// <summary>What stands for a space in the vocabularies of SentencePiece: ▁.</summary>
    public const char Meta = '\u2581';

    /// <summary>The class of word characters of Rust's regular expressions, without brackets (.NET's own leaves some out).</summary>
    public const string WordClass = Words + @"\u200C\u200D";

    /// <summary>Oniguruma's: without joiners, with Latin-1's small numbers.</summary>
    public const string OnigurumaWordClass = Words + @"\u00B2\u00B3\u00B9\u00BC-\u00BE";

    private const string Words = @"\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}\u24B6-\u24E9";

    public static bool IsSpace(char c) => char.IsWhiteSpace(c);

    /// <summary>
    /// ASCII's symbols count too; what Unicode has added since the reference's tables were made (and one sign that it has moved) does not.
    /// </summary>
    public static bool IsPunctuation(char c) =>
        char.IsAscii(c)
            ? char.IsPunctuation(c) || char.IsSymbol(c)
            : c == '\u166D'
                || (
                    char.IsPunctuation(c)
                    && c
                        is not (
                            '\u061D'
                            or '\u09FD'
                            or '\u0A76'
                            or '\u0C77'
                            or '\u0C84'
                            or '\u1B4E'
                            or '\u1B4F'
                            or (>= '\u1B7D' and <= '\u1B7F')
                            or (>= '\u2E43' and <= '\u2E4F')
                            or (>= '\u2E52' and <= '\u2E5D')
                        )
                );

    public static bool IsNumber(char c) => char.IsNumber(c);

    /// <summary>A letter, mark, digit, connector or joiner, as <c>\w</c> is in Unicode's regular expressions.</summary>
    public static bool IsWord(Rune rune) =>
        rune.Value
            is (>= 0x24B6 and <= 0x24E9)
                or 0x200C
                or 0x200D
                or (>= 0x1F130 and <= 0x1F149)
                or (>= 0x1F150 and <= 0x1F169)
                or (>= 0x1F170 and <= 0x1F189)
        || Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.UppercaseLetter
                or UnicodeCategory.LowercaseLetter
                or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter
                or UnicodeCategory.OtherLetter
                or UnicodeCategory.NonSpacingMark
                or UnicodeCategory.SpacingCombiningMark
                or UnicodeCategory.EnclosingMark
                or UnicodeCategory.DecimalDigitNumber
                or UnicodeCategory.LetterNumber
                or UnicodeCategory.ConnectorPunctuation;

    public static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.NonSpacingMark
                or UnicodeCategory.SpacingCombiningMark
                or UnicodeCategory.EnclosingMark;

    public static bool IsNonSpacingMark(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark;
}
