using System.Text;
using TaskDsl.HuggingFace.Tokenizers.Text;

namespace TaskDsl.HuggingFace.Tokenizers.Models;

/// <summary>What a piece is before the first merge: its bytes or characters as tokens, and what stands for those that have none.</summary>
internal sealed class BpeSymbols
{
    private readonly Unknown unknown;
    private readonly int[]? bytes; // the tokens of bytes; -1 = none
    private readonly Dictionary<int, int> characters = []; // the tokens of characters
    private readonly Dictionary<byte[], int>? affixed; // all tokens, where a symbol's place in the word shows in its token
    private readonly byte[] prefix = [],
        suffix = [];

    /// <param name="tokens">The tokens by their bytes.</param>
    /// <param name="byteLevel">Whether a symbol is a byte; otherwise it is a character.</param>
    /// <param name="prefix">What stands before a symbol that does not begin a piece.</param>
    /// <param name="suffix">What stands behind a symbol that ends a piece.</param>
    /// <param name="unknown">What stands for a symbol that no token has.</param>
    public BpeSymbols(Dictionary<byte[], int> tokens, bool byteLevel, string prefix, string suffix, Unknown unknown)
    {
        this.unknown = unknown;
        if (prefix.Length + suffix.Length > 0)
            (affixed, this.prefix, this.suffix) = (tokens, Encoding.UTF8.GetBytes(prefix), Encoding.UTF8.GetBytes(suffix));
        var lookup = tokens.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (byteLevel)
            bytes = [.. Enumerable.Range(0, 256).Select(b => tokens.TryGetValue([(byte)b], out var id) ? id : -1)];
        else
            foreach (var (token, id) in tokens)
                if (Rune.DecodeFromUtf8(token, out var rune, out var used) == System.Buffers.OperationStatus.Done && used == token.Length)
                    characters[rune.Value] = id;
    }

    /// <summary>Texts that are one symbol wherever they stand (SentencePiece's user-defined ones).</summary>
    public ByteTrie? Frozen { get; init; }

    /// <summary>Characters that are no tokens but parts of some, as ids behind the vocabulary.</summary>
    public IReadOnlyDictionary<int, int> Parts { get; init; } = new Dictionary<int, int>();

    /// <summary>The token of a piece that is one byte; -1 where that takes more to find out.</summary>
    public int Byte(byte value) => bytes is not null && affixed is null ? bytes[value] : -1;

    /// <summary>Adds a piece's symbols.</summary>
    public void Read(ReadOnlySpan<byte> piece, List<int> into)
    {
        var pending = false; // An unknown symbol that more may join.
        for (int at = 0, width; at < piece.Length; at += width)
        {
            if (Frozen is not null && Frozen.LongestAt(piece[at..]) is { Length: > 0 } found)
            {
                Flush();
                (width, var frozen) = found;
                into.Add(frozen);
                continue;
            }

            Rune rune = default;
            if (bytes is not null)
                width = 1;
            else
                Rune.DecodeFromUtf8(piece[at..], out rune, out width);
            var id =
                affixed is not null ? Affixed(piece, at, width)
                : bytes is not null ? bytes[piece[at]]
                : characters.TryGetValue(rune.Value, out var known) || Parts.TryGetValue(rune.Value, out known) ? known
                : -1;
            if (id >= 0)
            {
                Flush();
                into.Add(id);
            }
            else if (!unknown.TryBytes(piece.Slice(at, width), into))
            {
                if (pending && !unknown.Fused)
                    Flush();
                pending = unknown.Token is not null;
            }
        }

        Flush();

        void Flush()
        {
            if (pending)
                into.Add(unknown.Token!.Value);
            pending = false;
        }
    }

    /// <summary>The tokens, when no merge is left.</summary>
    public int[] Finish(ReadOnlySpan<int> symbols)
    {
        if (Parts.Count == 0)
            return symbols.ToArray();
        var result = new List<int>(symbols.Length);
        Span<byte> text = stackalloc byte[4];
        foreach (var symbol in symbols)
        {
            var part = Parts.FirstOrDefault(p => p.Value == symbol);
            if (part.Value != symbol || !Parts.ContainsKey(part.Key))
                result.Add(symbol);
            else if (
                !unknown.TryBytes(text[..new Rune(part.Key).EncodeToUtf8(text)], result)
                && unknown.Token is { } token
                && !(unknown.Fused && result.Count > 0 && result[^1] == token)
            )
                result.Add(token);
        }

        return [.. result];
    }

    private int Affixed(ReadOnlySpan<byte> piece, int at, int width)
    {
        byte[] symbol = [.. at > 0 ? prefix : [], .. piece.Slice(at, width), .. at + width == piece.Length ? suffix : []];
        return affixed!.TryGetValue(symbol, out var id) ? id : -1;
    }
}
