using System.IO.Hashing;
using System.Text;
using TaskDsl.Data;

namespace TaskDsl.Torch.Batches;

/// <summary>A text as tokens, which must not see its neighbours in a row.</summary>
/// <param name="Ids">The tokens.</param>
/// <param name="CompletionMask">For each token, whether it is of the completion: the model must produce it.</param>
/// <param name="Origin">Where it was read from.</param>
public sealed record TokenSequence(int[] Ids, bool[] CompletionMask, RecordOrigin Origin)
{
    /// <summary>How many tokens it has.</summary>
    public int Length => Ids.Length;

    /// <summary>
    /// What a classifying head must answer: a class; one number for each label (0 or 1, or the probabilities of a distribution); or a
    /// number. Empty = nothing.
    /// </summary>
    public float[] Target { get; init; } = [];

    /// <summary>What a head must answer for each token; −100 where that does not count; empty = nothing.</summary>
    public int[] Tags { get; init; } = [];

    /// <summary>
    /// Entities of the answer that <see cref="Tags"/> cannot say: another one takes their words, or they do not stand in the text.
    /// </summary>
    public int Untagged { get; init; }

    /// <summary>Entities of the answer that stand only inside longer words: <see cref="Tags"/> say those words.</summary>
    public int Widened { get; init; }

    /// <summary>
    /// Which of several tasks a head must answer: a hash of its name (<see cref="HashOf"/>). Default: 0, the only one.
    /// </summary>
    public int Task { get; init; }

    /// <summary>Which terms of a sum of objectives it is for, a bit each. Default: all.</summary>
    public int Terms { get; init; } = -1;

    /// <summary>Whether another one has the same tokens and targets, whatever they are for and where they come from.</summary>
    public bool IsLike(TokenSequence other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Ids.AsSpan().SequenceEqual(other.Ids)
            && CompletionMask.AsSpan().SequenceEqual(other.CompletionMask)
            && Target.AsSpan().SequenceEqual(other.Target)
            && Tags.AsSpan().SequenceEqual(other.Tags)
            && Task == other.Task;
    }

    /// <summary>A task's name as <see cref="Task"/> (XxHash32).</summary>
    public static int HashOf(string task) => unchecked((int)XxHash32.HashToUInt32(Encoding.UTF8.GetBytes(task)));

    /// <summary>The sequence without some of its tokens.</summary>
    internal TokenSequence Without(int start, int count) =>
        this with
        {
            Ids = [.. Ids[..start], .. Ids[(start + count)..]],
            CompletionMask = [.. CompletionMask[..start], .. CompletionMask[(start + count)..]],
            Tags = Tags.Length == 0 ? [] : [.. Tags[..start], .. Tags[(start + count)..]],
        };
}
