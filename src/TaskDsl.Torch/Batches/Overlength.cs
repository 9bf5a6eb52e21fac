using System.Globalization;
using TaskDsl.Data;

namespace TaskDsl.Torch.Batches;

/// <summary>What becomes of a sequence that is longer than a row, as <see cref="Batch.Overlong"/> says.</summary>
internal static class Overlength
{
    /// <summary>The example, shortened where it must and may be; null where it is left out.</summary>
    /// <param name="group">The example.</param>
    /// <param name="batch">The rows.</param>
    /// <param name="report">Counts what is shortened and left out; null where that was counted before.</param>
    public static TokenGroup? Fit(TokenGroup group, Batch batch, BatchReport? report)
    {
        var excess = group.Length - batch.SequenceLength;
        if (excess <= 0)
            return group;
        var each = (excess + group.Sequences.Count - 1) / group.Sequences.Count; // Answers to the same prompt lose the same of it.
        if (batch.Overlong == Overlong.TruncateInput && group.Sequences.All(s => PromptLength(s) - each >= 2))
        {
            report?.Truncated(group);
            return group with { Sequences = [.. group.Sequences.Select(s => s.Without((PromptLength(s) - each) / 2, each))] };
        }

        if (report is not null)
            report.LeftOut(group);
        else if (batch.Overlong != Overlong.Drop)
            throw new DataException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{group.Origin}: error: {group.Length} tokens do not fit into a row of {batch.SequenceLength}."
                )
            );
        return null;
    }

    /// <summary>
    /// How many tokens may be cut from: all but the last where the model must produce none. What is cut is the middle of them: the
    /// instruction before and the turn's end behind it stay.
    /// </summary>
    private static int PromptLength(TokenSequence sequence) =>
        Array.IndexOf(sequence.CompletionMask, true) is >= 0 and var first ? first : sequence.Ids.Length - 1;
}
