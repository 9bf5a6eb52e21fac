namespace TaskDsl.HuggingFace.Tokenizers;

/// <summary>Where a new model's tokenizer comes from. Each way is one file with a <c>[Keyword]</c> record.</summary>
public abstract record TokenizerSource
{
    /// <summary>Makes the tokenizer.</summary>
    /// <param name="corpus">The texts to learn from, as UTF-8.</param>
    /// <param name="vocabularySize">The tokens wanted, special ones included; fewer where the corpus does not have so many.</param>
    /// <param name="specialTokens">Special tokens that must be there besides the source's own.</param>
    /// <param name="cancellation">Ends the work.</param>
    public abstract Tokenizer Create(
        IEnumerable<ReadOnlyMemory<byte>> corpus,
        int vocabularySize,
        IReadOnlyList<string> specialTokens,
        CancellationToken cancellation = default
    );
}
