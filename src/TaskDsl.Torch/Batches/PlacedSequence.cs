using TaskDsl.Torch.Draws;

namespace TaskDsl.Torch.Batches;

/// <summary>A sequence in its batch.</summary>
/// <param name="Sequence">The sequence.</param>
/// <param name="Group">The example that it belongs to.</param>
/// <param name="Start">The place of its first token, as row · length + column.</param>
/// <param name="Example">The number of its example in the batch, from 0.</param>
/// <param name="Rank">Its number in the example, from 0.</param>
public readonly record struct PlacedSequence(TokenSequence Sequence, TokenGroup Group, int Start, int Example, int Rank)
{
    /// <summary>The prompt: the tokens before the first that the model must produce; all where there is none.</summary>
    public ReadOnlySpan<int> PromptIds =>
        Array.IndexOf(Sequence.CompletionMask, true) is >= 0 and var first ? Sequence.Ids.AsSpan(0, first) : Sequence.Ids;

    /// <summary>The completion: the tokens from the first on that the model must produce.</summary>
    public ReadOnlySpan<int> CompletionIds => Sequence.Ids.AsSpan(PromptIds.Length);

    /// <summary>How much it counts: as its example does.</summary>
    public float Weight => Group.Weight;

    /// <summary>What is drawn for it is drawn from this.</summary>
    public long Seed => (long)new Draw(Group.Seed, Rank).Next();
}
