namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>The scores of all tokens behind each open completion of a run.</summary>
public readonly ref struct LogitRows
{
    private readonly ReadOnlySpan<float> all;
    private readonly ReadOnlySpan<int> rows;
    private readonly int vocabulary;

    /// <summary>Takes some rows of a batch.</summary>
    /// <param name="all">The batch's logits, <c>[batch, vocabulary]</c>.</param>
    /// <param name="vocabulary">How many tokens there are.</param>
    /// <param name="rows">Which rows of the batch these are.</param>
    internal LogitRows(ReadOnlySpan<float> all, int vocabulary, ReadOnlySpan<int> rows)
    {
        this.all = all;
        this.vocabulary = vocabulary;
        this.rows = rows;
    }

    /// <summary>How many completions were open.</summary>
    public int Count => rows.Length;

    /// <summary>The scores of the token behind one open completion, <c>[vocabulary]</c>: not normalised.</summary>
    public ReadOnlySpan<float> this[int open] => all.Slice(rows[open] * vocabulary, vocabulary);
}
