using System.Runtime.InteropServices;
using TaskDsl.HuggingFace.Tokenizers.Text;

namespace TaskDsl.HuggingFace.Tokenizers.Training;

/// <summary>
/// Learns merges: the pair that occurs most often becomes a token, again and again. Counts are kept up to date pair by pair, so each
/// merge costs only the pieces that it changes.
/// </summary>
internal sealed class BpeTrainer
{
    private readonly List<int[]> words = []; // each distinct piece, as tokens; shrinks in place
    private readonly List<int> lengths = [];
    private readonly List<int> occurrences = [];
    private readonly List<byte[]> tokens;
    private readonly Dictionary<byte[], int> ids = new(SpanComparer.Instance);
    private readonly int prefix;
    private readonly Dictionary<(int, int), long> counts = [];
    private readonly Dictionary<(int, int), HashSet<int>> places = [];
    private readonly PriorityQueue<(int Left, int Right), (long Negative, int Left, int Right)> queue = new();

    /// <param name="alphabet">The tokens that are there before the first merge.</param>
    /// <param name="prefix">How many bytes mark a token that does not begin a word: the right half of a merge loses them.</param>
    public BpeTrainer(IEnumerable<byte[]> alphabet, int prefix = 0)
    {
        (tokens, this.prefix) = ([.. alphabet], prefix);
        for (var id = 0; id < tokens.Count; id++)
            ids.Add(tokens[id], id);
    }

    /// <summary>All tokens: the alphabet, then what was learned.</summary>
    public IReadOnlyList<byte[]> Tokens => tokens;

    /// <summary>Adds a word as tokens of the alphabet.</summary>
    public void Add(int[] symbols, int count)
    {
        if (symbols.Length < 2)
            return;
        words.Add(symbols);
        lengths.Add(symbols.Length);
        occurrences.Add(count);
    }

    /// <summary>Learns.</summary>
    /// <param name="merges">The most new tokens.</param>
    /// <param name="minimum">How often a pair must occur.</param>
    /// <param name="reserved">What must not become a token: the special ones.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>The merges in the order in which they were learned.</returns>
    public IReadOnlyList<(byte[] Left, byte[] Right)> Learn(
        int merges,
        int minimum,
        IEnumerable<byte[]> reserved,
        CancellationToken cancellation
    )
    {
        for (var word = 0; word < words.Count; word++)
        for (var i = 0; i + 1 < lengths[word]; i++)
            Change((words[word][i], words[word][i + 1]), occurrences[word], word);
        foreach (var (pair, count) in counts)
            Offer(pair, count);
        return Learn(merges, minimum, new HashSet<byte[]>(reserved, SpanComparer.Instance), cancellation);
    }

    private List<(byte[] Left, byte[] Right)> Learn(int merges, int minimum, HashSet<byte[]> taken, CancellationToken cancellation)
    {
        var learned = new List<(byte[] Left, byte[] Right)>(merges);
        var touched = new HashSet<(int, int)>();
        while (learned.Count < merges && queue.TryDequeue(out var pair, out var priority))
        {
            cancellation.ThrowIfCancellationRequested();
            var count = counts.GetValueOrDefault(pair);
            if (count < minimum)
                continue;
            if (count != -priority.Negative)
            {
                Offer(pair, count); // Counted before other merges took some of it.
                continue;
            }

            byte[] token = [.. tokens[pair.Left], .. tokens[pair.Right].AsSpan(prefix)];
            // The same bytes may have been learned in another way. Byte-level BPE needs no second merge for them; WordPiece, which keeps
            // no merges, goes on with the token that is there.
            var known = ids.TryGetValue(token, out var id);
            if (taken.Contains(token) || (known && prefix == 0))
            {
                counts.Remove(pair);
                continue;
            }

            if (!known)
            {
                ids.Add(token, id = tokens.Count);
                tokens.Add(token);
                learned.Add((tokens[pair.Left], tokens[pair.Right]));
            }

            touched.Clear();
            foreach (var word in places[pair])
                Merge(word, pair, id, touched);
            counts.Remove(pair);
            places.Remove(pair);
            foreach (var changed in touched)
                if (counts.TryGetValue(changed, out var now) && now >= minimum)
                    Offer(changed, now);
        }

        return learned;
    }

    private void Merge(int word, (int Left, int Right) pair, int id, HashSet<(int, int)> touched)
    {
        var symbols = words[word];
        var (length, times) = (lengths[word], occurrences[word]);
        var to = 0;
        for (var from = 0; from < length; )
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
        if (by <= 0)
            return;
        ref var where = ref CollectionsMarshal.GetValueRefOrAddDefault(places, pair, out _);
        (where ??= []).Add(word);
    }

    private void Offer((int Left, int Right) pair, long count) => queue.Enqueue(pair, (-count, pair.Left, pair.Right));
}
