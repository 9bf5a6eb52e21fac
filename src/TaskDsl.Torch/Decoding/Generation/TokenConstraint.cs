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
    public sealed record Choices(int[] Tokens, int[] States, int[] Distances);
}
