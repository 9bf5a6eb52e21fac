using System.Runtime.InteropServices;

namespace TaskDsl.Torch.Tokenizers;

/// <summary>
/// Learns merges: the pair that occurs most often becomes a token, again and again. Counts are kept up to date pair by pair, so each
/// merge costs only the pieces that it changes.
/// </summary>
internal sealed class BpeTrainer
{
    private readonly List<int[]> words = [];      // each distinct piece, as tokens; shrinks in place
    private readonly List<int> lengths = [];
    private readonly List<int> occurrences = [];
    private readonly List<byte[]> tokens = [.. Enumerable.Range(0, 256).Select(b => new[] { (byte)b })];
    private readonly Dictionary<(int, int), long> counts = [];
    private readonly Dictionary<(int, int), HashSet<int>> places = [];
    private readonly PriorityQueue<(int Left, int Right), (long Negative, int Left, int Right)> queue = new();

    /// <param name="corpus">The texts.</param>
    /// <param name="pre">Cuts them into the pieces that no token crosses.</param>
    /// <param name="merges">The most merges.</param>
    /// <param name="minimum">How often a pair must occur.</param>
    /// <param name="reserved">What must not become a token: the special ones.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>The merges in the order in which they were learned.</returns>
    public static IReadOnlyList<(byte[] Left, byte[] Right)> Train(IEnumerable<ReadOnlyMemory<byte>> corpus, PreTokenizer pre, int merges, int minimum, IEnumerable<byte[]> reserved, CancellationToken cancellation)
    {
        var trainer = new BpeTrainer();
        trainer.Count(corpus, pre, cancellation);
        return trainer.Learn(merges, minimum, new HashSet<byte[]>(reserved, SpanComparer.Instance), cancellation);
    }

    private void Count(IEnumerable<ReadOnlyMemory<byte>> corpus, PreTokenizer pre, CancellationToken cancellation)
    {
        var index = new Dictionary<byte[], int>(SpanComparer.Instance);
        var lookup = index.GetAlternateLookup<ReadOnlySpan<byte>>();
        var pieces = new List<(int Start, int Length)>();
        foreach (var text in corpus)
        {
            cancellation.ThrowIfCancellationRequested();
            pieces.Clear();
            pre.Split(text.Span, pieces);
            foreach (var (start, length) in pieces)
            {
                if (length < 2) continue;
                ref var word = ref CollectionsMarshal.GetValueRefOrAddDefault(lookup, text.Span.Slice(start, length), out var known);
                if (!known)
                {
                    word = words.Count;
                    var bytes = text.Span.Slice(start, length);
                    var symbols = new int[length];
                    for (var i = 0; i < length; i++) symbols[i] = bytes[i];
                    words.Add(symbols);
                    lengths.Add(length);
                    occurrences.Add(0);
                }

                occurrences[word]++;
            }
        }

        for (var word = 0; word < words.Count; word++)
            for (var i = 0; i + 1 < lengths[word]; i++) Change((words[word][i], words[word][i + 1]), occurrences[word], word);
        foreach (var (pair, count) in counts) Offer(pair, count);
    }

    private List<(byte[] Left, byte[] Right)> Learn(int merges, int minimum, HashSet<byte[]> taken, CancellationToken cancellation)
    {
        var learned = new List<(byte[] Left, byte[] Right)>(merges);
        var touched = new HashSet<(int, int)>();
        while (learned.Count < merges && queue.TryDequeue(out var pair, out var priority))
        {
            cancellation.ThrowIfCancellationRequested();
            var count = counts.GetValueOrDefault(pair);
            if (count < minimum) continue;
            if (count != -priority.Negative)
            {
                Offer(pair, count); // Counted before other merges took some of it.
                continue;
            }

            byte[] token = [.. tokens[pair.Left], .. tokens[pair.Right]];
            if (!taken.Add(token))
            {
                counts.Remove(pair); // The same bytes were learned in another way; one token is enough.
                continue;
            }

            var id = tokens.Count;
            tokens.Add(token);
            learned.Add((tokens[pair.Left], tokens[pair.Right]));
            touched.Clear();
            foreach (var word in places[pair]) Merge(word, pair, id, touched);
            counts.Remove(pair);
            places.Remove(pair);
            foreach (var changed in touched)
                if (counts.TryGetValue(changed, out var now) && now >= minimum) Offer(changed, now);
        }

        return learned;
    }

    private void Merge(int word, (int Left, int Right) pair, int id, HashSet<(int, int)> touched)
    {
        var symbols = words[word];
        var (length, times) = (lengths[word], occurrences[word]);
        var to = 0;
        for (var from = 0; from < length;)
        {
            if (from + 1 >= length || symbols[from] != pair.Left || symbols[from + 1] != pair.Right)
            {
                symbols[to++] = symbols[from++];
                continue;
            }

            if (to > 0)
            {
                Change((symbols[to - 1], pair.Left), -times, word);
                Added((symbols[to - 1], id));
            }

            from += 2;
            if (from < length)
            {
                Change((pair.Right, symbols[from]), -times, word);
                Added((id, symbols[from]));
            }

            symbols[to++] = id;
        }

        lengths[word] = to;

        void Added((int, int) neighbour)
        {
            Change(neighbour, times, word);
            touched.Add(neighbour);
        }
    }

    private void Change((int, int) pair, long by, int word)
    {
        ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(counts, pair, out _);
        count += by;
        if (by <= 0) return;
        ref var where = ref CollectionsMarshal.GetValueRefOrAddDefault(places, pair, out _);
        (where ??= []).Add(word);
    }

    private void Offer((int Left, int Right) pair, long count) => queue.Enqueue(pair, (-count, pair.Left, pair.Right));
}
