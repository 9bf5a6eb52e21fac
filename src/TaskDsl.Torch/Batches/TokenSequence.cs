using TaskDsl.Data;

namespace TaskDsl.Torch.Batches;

/// <summary>One example or piece of a document as tokens: what must stay together, and must not see its neighbours in a row.</summary>
/// <param name="Ids">The tokens.</param>
/// <param name="Answer">For each token, whether the model must produce it.</param>
/// <param name="Origin">Where it was read from.</param>
public sealed record TokenSequence(int[] Ids, bool[] Answer, RecordOrigin Origin)
{
    /// <summary>How many tokens it has, with those of <see cref="Worse"/>.</summary>
    public int Length => Ids.Length + Worse.Sum(w => w.Ids.Length);

    /// <summary>The same with other answers, each worse than the one before: what preferences and rankings are learned from.</summary>
    public IReadOnlyList<TokenSequence> Worse { get; init; } = [];

    /// <summary>What a classifying head must answer: a class, a 0 or 1 for each, or a number; empty = nothing.</summary>
    public float[] Target { get; init; } = [];

    /// <summary>What a head must answer for each token; −100 where that does not count; empty = nothing.</summary>
    public int[] Tags { get; init; } = [];

    /// <summary>Entities of the answer that <see cref="Tags"/> cannot say: another one takes their words, or they do not stand in the text.</summary>
    public int Untagged { get; init; }

    /// <summary>
    /// What is drawn for the sequence is drawn from this: the run's seed, its source, its number there and how often it was drawn before. So it
    /// is the same whatever the batch, and whether or not a run was interrupted. Default: 0.
    /// </summary>
    public long Seed { get; init; }

    /// <summary>The sequence without some of its tokens.</summary>
    internal TokenSequence Without(int start, int count) =>
        this with
        {
            Ids = [.. Ids[..start], .. Ids[(start + count)..]],
            Answer = [.. Answer[..start], .. Answer[(start + count)..]],
            Tags = Tags.Length == 0 ? [] : [.. Tags[..start], .. Tags[(start + count)..]],
        };
}
