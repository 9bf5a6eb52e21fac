using System.Buffers;
using TaskDsl.Grammars;

namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>
/// A grammar over tokens instead of bytes: for each state the tokens that may follow, found once and kept. Shared by all answers with the
/// same grammar. Not thread-safe.
/// </summary>
internal sealed class TokenConstraint(TokenTrie trie, Grammar grammar)
{
    private readonly GrammarMatcher matcher = new(grammar);
    private readonly Dictionary<int, Choices> known = [];

    public int Start => matcher.Start;

    public bool IsAccepting(int state) => matcher.IsAccepting(state);

    /// <summary>The fewest tokens that surely end the text: each byte is a token.</summary>
    public int Distance(int state) => matcher.Distance(state);

    public Choices At(int state)
    {
        if (known.TryGetValue(state, out var choices))
            return choices;
        List<int> tokens = [],
            states = [],
            distances = [];
        trie.Walk(state, matcher.Next, (token, reached) =>
        {
            tokens.Add(token);
            states.Add(reached);
            distances.Add(matcher.Distance(reached));
        });
        return known[state] = new Choices([.. tokens], [.. states], [.. distances]);
    }

    /// <summary>What may follow: tokens, the state behind each, and how far each is from an end.</summary>
    public sealed record Choices(int[] Tokens, int[] States, int[] Distances)
    {
        /// <summary>The place of the best-scored token from which the end is not further than a distance; -1 where there is none.</summary>
        public int Best(ReadOnlySpan<float> scores, int furthest)
        {
            var best = -1;
            for (var i = 0; i < Tokens.Length; i++)
                if (Distances[i] <= furthest && (best < 0 || scores[Tokens[i]] > scores[Tokens[best]]))
                    best = i;
            return best;
        }

        /// <summary>The logarithm of the sum of the exponentials of the permitted tokens' scores.</summary>
        /// <param name="scores">The scores of the whole vocabulary.</param>
        /// <param name="furthest">As in <see cref="Best"/>.</param>
        /// <param name="end">The token that ends the text, where it is permitted too.</param>
        public double LogSumExp(ReadOnlySpan<float> scores, int furthest, int? end)
        {
            var permitted = ArrayPool<float>.Shared.Rent(Tokens.Length + 1);
            var count = 0;
            for (var i = 0; i < Tokens.Length; i++)
                if (Distances[i] <= furthest)
                    permitted[count++] = scores[Tokens[i]];
            if (end is { } token)
                permitted[count++] = scores[token];
            var sum = Generation.LogSumExp.Of(permitted.AsSpan(0, count));
            ArrayPool<float>.Shared.Return(permitted);
            return sum;
        }
    }
}
