using System.Runtime.CompilerServices;
using TaskDsl.Grammars;
using TaskDsl.HuggingFace.Tokenizers;

namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>
/// What was found out about grammars over a tokenizer's tokens. A grammar that does not depend on the input is one object: what is known of
/// it serves all answers. The others go with it. Not thread-safe.
/// </summary>
/// <param name="tokenizer">The tokenizer.</param>
internal sealed class KnownGrammars(Tokenizer tokenizer)
{
    public ConditionalWeakTable<Grammar, TokenConstraint> Constraints { get; } = [];

    /// <summary>The tokens of all texts of a grammar.</summary>
    public ConditionalWeakTable<Grammar, int[][]> Candidates { get; } = [];

    /// <summary>The tokens of a grammar's longest text, with the one that ends it.</summary>
    public ConditionalWeakTable<Grammar, StrongBox<int>> Longest { get; } = [];

    public Lazy<TokenTrie> Trie { get; } = new(() => new TokenTrie(tokenizer));
}
