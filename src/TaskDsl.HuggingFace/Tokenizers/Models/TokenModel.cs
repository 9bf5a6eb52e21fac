using System.Collections.Concurrent;
using TaskDsl.HuggingFace.Tokenizers.Text;

namespace TaskDsl.HuggingFace.Tokenizers.Models;

/// <summary>Makes tokens of pieces of text. Thread-safe; pieces that occur often are remembered.</summary>
internal abstract class TokenModel
{
    private const int MostCached = 1 << 16,
        LongestCached = 256;
    private readonly ConcurrentDictionary<byte[], int[]> cache = new(SpanComparer.Instance);
    private int cached;

    /// <summary>Adds the tokens of a piece that is not empty.</summary>
    public virtual void Encode(ReadOnlySpan<byte> piece, List<int> ids)
    {
        if (piece.Length > LongestCached)
        {
            ids.AddRange(Tokens(piece));
            return;
        }

        var lookup = cache.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (!lookup.TryGetValue(piece, out var tokens))
        {
            tokens = Tokens(piece);
            if (Volatile.Read(ref cached) < MostCached && Interlocked.Increment(ref cached) <= MostCached)
                lookup.TryAdd(piece, tokens);
        }

        ids.AddRange(tokens);
    }

    /// <summary>Adds the tokens of a piece that is plain text, whatever it spells.</summary>
    /// <param name="piece">The piece.</param>
    /// <param name="special">Tokens that plain text never has.</param>
    /// <param name="ids">Receives the tokens.</param>
    public virtual void EncodePlain(ReadOnlySpan<byte> piece, IReadOnlySet<int> special, List<int> ids) => Encode(piece, ids);

    /// <summary>The tokens of a piece, worked out.</summary>
    protected abstract int[] Tokens(ReadOnlySpan<byte> piece);
}
