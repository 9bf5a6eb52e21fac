namespace TaskDsl.Torch.Batches;

/// <summary>A sequence in its batch.</summary>
/// <param name="Sequence">The sequence.</param>
/// <param name="Start">The place of its first token, as row · length + column.</param>
/// <param name="Example">The example that it belongs to, from 0.</param>
/// <param name="Rank">0, or how many answers of that example are better.</param>
public readonly record struct PlacedSequence(TokenSequence Sequence, int Start, int Example, int Rank)
{
    /// <summary>The tokens before the first that the model must produce; all where there is none.</summary>
    public ReadOnlySpan<int> Given =>
        Array.IndexOf(Sequence.Answer, true) is >= 0 and var first ? Sequence.Ids.AsSpan(0, first) : Sequence.Ids;

    /// <summary>The tokens from the first on that the model must produce.</summary>
    public ReadOnlySpan<int> Written => Sequence.Ids.AsSpan(Given.Length);
}
