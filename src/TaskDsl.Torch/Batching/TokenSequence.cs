using TaskDsl.Data;

namespace TaskDsl.Torch.Batching;

/// <summary>One example or piece of a document as tokens: what must stay together, and must not see its neighbours in a row.</summary>
/// <param name="Ids">The tokens.</param>
/// <param name="Answer">For each token, whether the model must produce it.</param>
/// <param name="Origin">Where it was read from.</param>
public sealed record TokenSequence(int[] Ids, bool[] Answer, RecordOrigin Origin)
{
    /// <summary>How many tokens it has.</summary>
    public int Length => Ids.Length;
}
