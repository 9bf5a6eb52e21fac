using System.Globalization;
using TaskDsl.Data;

namespace TaskDsl.Torch.Batches;

/// <summary>What becomes of a sequence that is longer than a row, as <see cref="Batch.Overlong"/> says.</summary>
internal static class Overlength
{
    /// <summary>The sequence, shortened where it must and may be; null where it is left out.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="batch">The rows.</param>
    /// <param name="report">Counts what is shortened and left out; null where that was counted before.</param>
    public static TokenSequence? Fit(TokenSequence sequence, Batch batch, BatchReport? report)
    {
        var excess = sequence.Length - batch.SequenceLength;
        if (excess <= 0)
            return sequence;
        var sequences = 1 + sequence.Worse.Count;
        if (batch.Overlong == Overlong.TruncateInput && Shorten(sequence, (excess + sequences - 1) / sequences) is { } shortened)
        {
            report?.Truncated(sequence);
            return shortened;
        }

        if (report is not null)
            report.LeftOut(sequence);
        else if (batch.Overlong != Overlong.Drop)
            throw new DataException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{sequence.Origin}: error: {sequence.Length} tokens do not fit into a row of {batch.SequenceLength}."
                )
            );
        return null;
    }

    // What is cut is the middle of what the model is given: the instruction before and the turn's end behind it stay. Answers to the same
    // prompt lose the same of it.
    private static TokenSequence? Shorten(TokenSequence sequence, int excess)
    {
        var prompt = Array.IndexOf(sequence.Answer, true);
        if (prompt < 0)
            prompt = sequence.Ids.Length - 1; // All is given: the last token is the one that ends it.
        if (prompt - excess < 2)
            return null;
        TokenSequence?[] worse = [.. sequence.Worse.Select(w => Shorten(w, excess))];
        return worse.Contains(null) ? null : sequence.Without((prompt - excess) / 2, excess) with { Worse = worse! };
    }
}
