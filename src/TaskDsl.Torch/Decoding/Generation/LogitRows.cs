namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>The scores behind each open completion of a run, in their order.</summary>
public readonly ref struct LogitRows
{
    private readonly SentLogits sent;
    private readonly ReadOnlySpan<int> rows;

    /// <summary>Takes some rows of a batch.</summary>
    /// <param name="sent">The batch's scores.</param>
    /// <param name="rows">Which rows of the batch these are.</param>
    internal LogitRows(SentLogits sent, ReadOnlySpan<int> rows)
    {
        this.sent = sent;
        this.rows = rows;
    }

    /// <summary>How many completions were open.</summary>
    public int Count => rows.Length;

    /// <summary>The scores of the token behind one open completion.</summary>
    public LogitRow this[int open] => sent[rows[open]];
}
