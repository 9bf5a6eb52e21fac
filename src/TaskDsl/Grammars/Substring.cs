using System.Globalization;
using System.Text;

namespace TaskDsl.Grammars;

/// <summary>The pieces of a text: one state a character, entered and left at word borders.</summary>
internal sealed class Substring(string text, bool json) : Grammar
{
    internal override void Build(Automaton automaton, int from, int to)
    {
        var runes = text.EnumerateRunes().ToArray();
        var at = new int[runes.Length + 1];
        for (var i = 0; i <= runes.Length; i++)
            at[i] = automaton.NewState();
        Span<byte> utf8 = stackalloc byte[4];
        for (var i = 0; i < runes.Length; i++)
        {
            if (IsBorder(runes, i) && !Rune.IsWhiteSpace(runes[i]))
                automaton.Add(from, at[i]);
            if (IsBorder(runes, i + 1) && !Rune.IsWhiteSpace(runes[i]))
                automaton.Add(at[i + 1], to);
            switch (runes[i].Value)
            {
                case '\n':
                    Chain(automaton, at[i], at[i + 1], "\\n"u8);
                    break;
                case '\r':
                    Chain(automaton, at[i], at[i + 1], "\\r"u8);
                    break;
                case '\\':
                    Chain(automaton, at[i], at[i + 1], "\\\\"u8);
                    break;
                case '"' when json:
                    Chain(automaton, at[i], at[i + 1], "\\\""u8);
                    break;
                case '\t' when json:
                    Chain(automaton, at[i], at[i + 1], "\\t"u8);
                    break;
                case < ' ' and var control when json:
                    Chain(automaton, at[i], at[i + 1], Encoding.ASCII.GetBytes($"\\u{control:x4}"));
                    break;
                default:
                    Chain(automaton, at[i], at[i + 1], utf8[..runes[i].EncodeToUtf8(utf8)]);
                    break;
            }
        }
    }

    private static void Chain(Automaton automaton, int from, int to, ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            var next = i == bytes.Length - 1 ? to : automaton.NewState();
            automaton.Add(from, bytes[i], bytes[i], next);
            from = next;
        }
    }

    /// <summary>Whether a piece may begin or end before a character.</summary>
    private static bool IsBorder(Rune[] runes, int i) => i == 0 || i == runes.Length || !IsWord(runes[i - 1]) || !IsWord(runes[i]);

    // An ideograph is a word of its own (category OtherLetter), a combining mark belongs to what it stands on.
    private static bool IsWord(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.UppercaseLetter
                or UnicodeCategory.LowercaseLetter
                or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter
                or UnicodeCategory.DecimalDigitNumber
                or UnicodeCategory.NonSpacingMark
                or UnicodeCategory.SpacingCombiningMark;
}
