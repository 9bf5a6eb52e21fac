using TaskDsl.Torch.Batches;

namespace TaskDsl.Torch.Forecasts;

/// <summary>The largest batch that a run meets: a recipe allows it, the data may never fill it.</summary>
/// <param name="Rows">Rows of a step, accumulated or not.</param>
/// <param name="Length">Tokens of the longest row.</param>
/// <param name="Sequence">Tokens of the longest sequence, before anything is cut of it.</param>
public readonly record struct LargestBatch(long Rows, long Length, long Sequence)
{
    /// <summary>Tokens of a batch where padding is left out, as in an encoder's. Default: those of rows that are all as long.</summary>
    public long? Tokens { get; init; }

    /// <summary>What the recipe allows; the data is not known yet.</summary>
    public static LargestBatch Allowed(Batch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return new(batch.Rows, batch.SequenceLength, batch.SequenceLength);
    }

    /// <summary>What the data fills.</summary>
    public static LargestBatch Of(BatchReport batches)
    {
        ArgumentNullException.ThrowIfNull(batches);
        return new(batches.MostRows, batches.LongestRow, batches.LongestSequence) { Tokens = batches.MostTokens };
    }
}
