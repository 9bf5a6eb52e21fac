using TaskDsl.Data;

namespace TaskDsl.Torch.Batches;

/// <summary>
/// What is learned from one record: a sequence, or several that belong together (candidates, phrasings, windows, pairs). They stand in one
/// row, fall into one step and count as one example.
/// </summary>
/// <param name="Sequences">The sequences, one or more; where they are answers of different worth, best first.</param>
public sealed record TokenGroup(params IReadOnlyList<TokenSequence> Sequences)
{
    /// <summary>How many tokens all have together.</summary>
    public int Length => Sequences.Sum(s => s.Ids.Length);

    /// <summary>Where the record was read from.</summary>
    public RecordOrigin Origin => Sequences[0].Origin;

    /// <summary>How much the example counts in a loss and in what the loss is a mean over. Default: 1.</summary>
    public float Weight { get; init; } = 1;

    /// <summary>
    /// What is drawn for the example is drawn from this: the run's seed, its source, its number there and how often it was drawn before. So
    /// it is the same whatever the batch, and whether or not a run was interrupted. Default: 0.
    /// </summary>
    public long Seed { get; init; }
}
