using System.Text;
using TaskDsl.HuggingFace.Tokenizers.Normalizers;
using TaskDsl.HuggingFace.Tokenizers.Text;

namespace TaskDsl.HuggingFace.Tokenizers.Models;

/// <summary>Finds added tokens in a text: the leftmost, and of those the longest.</summary>
internal sealed class AddedTokens
{
    private readonly ByteTrie trie = new();
    private readonly System.Buffers.SearchValues<byte> starts;
    private readonly AddedToken[] tokens;

    /// <param name="tokens">The tokens.</param>
    /// <param name="normalizer">What their contents go through first.</param>
    public AddedTokens(IEnumerable<AddedToken> tokens, Normalizer? normalizer = null)
    {
        this.tokens = [.. tokens];
        var first = new HashSet<byte>();
        for (var i = 0; i < this.tokens.Length; i++)
        {
            ReadOnlySpan<byte> content = Encoding.UTF8.GetBytes(this.tokens[i].Content);
            if (normalizer is not null)
                content = normalizer.Apply(content, Place.Beginning);
            if (content.IsEmpty)
                continue;
            first.Add(content[0]);
            trie.Add(content, i);
        }

        starts = System.Buffers.SearchValues.Create([.. first]);
        IsEmpty = first.Count == 0;
    }

    public bool IsEmpty { get; }

    /// <summary>The first token at or behind a place in the text.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="from">Where the search begins; what lies before may not be taken by stripping, but is looked at.</param>
    /// <param name="special">Whether special tokens count.</param>
    /// <param name="start">Where the token begins, with the white space that it takes.</param>
    /// <param name="end">Where it ends.</param>
    /// <returns>The token; null = none.</returns>
    public AddedToken? Find(ReadOnlySpan<byte> utf8, int from, bool special, out int start, out int end)
    {
        (start, end) = (0, 0);
        for (var at = from; !IsEmpty && at < utf8.Length; )
        {
            var next = utf8[at..].IndexOfAny(starts);
            if (next < 0)
                return null;
            at += next;
            var (length, index) = trie.LongestAt(utf8[at..]);
            if (length == 0)
            {
                at++;
                continue;
            }

            var token = tokens[index];
            (start, end) = (at, at + length);
            at = end;
            if ((token.Special && !special) || (token.SingleWord && !StandsAlone(utf8[..start], utf8[end..])))
                continue;
            if (token.StripLeft)
                while (
                    start > from
                    && Rune.DecodeLastFromUtf8(utf8[from..start], out var rune, out var used) == System.Buffers.OperationStatus.Done
                    && Rune.IsWhiteSpace(rune)
                )
                    start -= used;
            if (token.StripRight)
                while (
                    Rune.DecodeFromUtf8(utf8[end..], out var rune, out var used) == System.Buffers.OperationStatus.Done
                    && Rune.IsWhiteSpace(rune)
                )
                    end += used;
            return token;
        }

        return null;
    }

    private static bool StandsAlone(ReadOnlySpan<byte> before, ReadOnlySpan<byte> behind) =>
        !(Rune.DecodeLastFromUtf8(before, out var left, out _) == System.Buffers.OperationStatus.Done && Characters.IsWord(left))
        && !(Rune.DecodeFromUtf8(behind, out var right, out _) == System.Buffers.OperationStatus.Done && Characters.IsWord(right));
}
