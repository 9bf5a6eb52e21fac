using System.Collections.Concurrent;

namespace TaskDsl.Torch.Tokenizers;

/// <summary>Byte-pair encoding (Sennrich et al., arXiv 1508.07909) over bytes: merges neighbours, the earliest-learned merge first. Thread-safe.</summary>
internal sealed class BpeModel
{
    private const int MostCached = 1 << 16, LongestCached = 256;
    private readonly Dictionary<(int Left, int Right), (int Rank, int Id)> merges;
    private readonly Dictionary<byte[], int> whole = new(SpanComparer.Instance);
    private readonly ConcurrentDictionary<byte[], int[]> cache = new(SpanComparer.Instance);
    private readonly int[] bytes;
    private readonly bool ignoreMerges;
    private int cached;

    /// <param name="bytes">The token of each byte.</param>
    /// <param name="merges">Pairs of tokens, with their rank and what they become.</param>
    /// <param name="vocabulary">The tokens' bytes; null where an id is no byte-level token.</param>
    /// <param name="ignoreMerges">Whether a piece that is a token is taken as it is.</param>
    public BpeModel(int[] bytes, Dictionary<(int Left, int Right), (int Rank, int Id)> merges, IReadOnlyList<byte[]?> vocabulary, bool ignoreMerges)
    {
        (this.bytes, this.merges, this.ignoreMerges) = (bytes, merges, ignoreMerges);
        if (!ignoreMerges) return;
        for (var id = 0; id < vocabulary.Count; id++)
            if (vocabulary[id] is { } token) whole.TryAdd(token, id);
    }

    public void Encode(ReadOnlySpan<byte> piece, List<int> ids)
    {
        if (piece.Length == 1)
        {
            ids.Add(bytes[piece[0]]);
            return;
        }

        if (ignoreMerges && whole.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(piece, out var id))
        {
            ids.Add(id);
            return;
        }

        var lookup = cache.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (!lookup.TryGetValue(piece, out var tokens))
        {
            tokens = Merge(piece);
            if (piece.Length <= LongestCached && Interlocked.Increment(ref cached) <= MostCached) lookup.TryAdd(piece, tokens);
        }

        ids.AddRange(tokens);
    }

    private int[] Merge(ReadOnlySpan<byte> piece)
    {
        // A linked list of tokens; the queue holds possible merges, some of which are stale when their turn comes.
        var count = piece.Length;
        var (token, next, previous) = (new int[count], new int[count], new int[count]);
        for (var i = 0; i < count; i++) (token[i], next[i], previous[i]) = (bytes[piece[i]], i + 1 < count ? i + 1 : -1, i - 1);
        var queue = new PriorityQueue<(int At, int Left, int Right), (int Rank, int At)>();
        for (var i = 0; i + 1 < count; i++) Offer(i);
        var left = count;
        while (queue.TryDequeue(out var pair, out _))
        {
            var (at, first, second) = pair;
            if (token[at] != first || next[at] < 0 || token[next[at]] != second) continue;
            var gone = next[at];
            token[at] = merges[(first, second)].Id;
            token[gone] = -1;
            next[at] = next[gone];
            if (next[at] >= 0) previous[next[at]] = at;
            left--;
            if (previous[at] >= 0) Offer(previous[at]);
            Offer(at);
        }

        var tokens = new int[left];
        for (int i = 0, n = 0; i >= 0; i = next[i]) tokens[n++] = token[i];
        return tokens;

        void Offer(int at)
        {
            if (next[at] >= 0 && merges.TryGetValue((token[at], token[next[at]]), out var merge)) queue.Enqueue((at, token[at], token[next[at]]), (merge.Rank, at));
        }
    }
}
