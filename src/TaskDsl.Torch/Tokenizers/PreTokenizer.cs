using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace TaskDsl.Torch.Tokenizers;

/// <summary>
/// Cuts a text into the pieces that tokens never cross, by regular expressions. .NET's expressions see a character beyond the basic
/// plane as two halves that are no letters; so each such character is shown to them as one of the same category in the basic plane.
/// </summary>
/// <param name="stages">Applied one after the other to each piece: matches and what lies between them become pieces.</param>
internal sealed class PreTokenizer(params IReadOnlyList<Regex> stages)
{
    /// <summary>GPT-2's expression, which <c>ByteLevel</c> pre-tokenizers use.</summary>
    public const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    /// <summary>The expression of newer models, with each digit alone: what new tokenizers are trained with.</summary>
    public const string Modern = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private static readonly char[] Representatives = [.. Enum.GetValues<UnicodeCategory>().Select(Representative)];

    public static Regex Expression(string pattern) => new(pattern, RegexOptions.CultureInvariant | RegexOptions.Compiled);

    /// <summary>Adds the pieces of a text, as byte ranges, in order and without gaps.</summary>
    public void Split(ReadOnlySpan<byte> utf8, List<(int Start, int Length)> pieces)
    {
        if (utf8.IsEmpty) return;
        var characters = ArrayPool<char>.Shared.Rent(utf8.Length);
        var offsets = ArrayPool<int>.Shared.Rent(utf8.Length + 1);
        var count = 0;
        for (var at = 0; at < utf8.Length; count++)
        {
            Rune.DecodeFromUtf8(utf8[at..], out var rune, out var used);
            characters[count] = rune.IsBmp ? (char)rune.Value : Representatives[(int)Rune.GetUnicodeCategory(rune)];
            offsets[count] = at;
            at += used;
        }

        offsets[count] = utf8.Length;
        Split(characters.AsSpan(0, count), offsets, 0, 0, pieces);
        ArrayPool<char>.Shared.Return(characters);
        ArrayPool<int>.Shared.Return(offsets);
    }

    private void Split(ReadOnlySpan<char> text, int[] offsets, int start, int stage, List<(int Start, int Length)> pieces)
    {
        if (stage == stages.Count)
        {
            pieces.Add((offsets[start], offsets[start + text.Length] - offsets[start]));
            return;
        }

        var done = 0;
        foreach (var match in stages[stage].EnumerateMatches(text))
        {
            if (match.Length == 0) continue;
            if (match.Index > done) Split(text[done..match.Index], offsets, start + done, stage + 1, pieces);
            Split(text.Slice(match.Index, match.Length), offsets, start + match.Index, stage + 1, pieces);
            done = match.Index + match.Length;
        }

        if (done < text.Length) Split(text[done..], offsets, start + done, stage + 1, pieces);
    }

    private static char Representative(UnicodeCategory category)
    {
        // Late ones first: early characters have meanings of their own (digits, the apostrophe, line ends).
        for (var c = 0xFFFD; c > 0; c--)
            if (CharUnicodeInfo.GetUnicodeCategory((char)c) == category && !char.IsSurrogate((char)c)) return (char)c;
        return '\uFFFD';
    }
}
