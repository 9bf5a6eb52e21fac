using TaskDsl.Data;

namespace TaskDsl.Torch.Batches;

/// <summary>How long a sequence is.</summary>
/// <param name="Tokens">All its tokens, with those of its worse answers.</param>
/// <param name="Answers">Those that the model must produce.</param>
/// <param name="Untagged">Entities that no tag says.</param>
public readonly record struct TokenLength(int Tokens, int Answers, int Untagged)
{
    /// <summary>Counts a sequence's tokens.</summary>
    /// <exception cref="DataException">It has none.</exception>
    public static TokenLength Of(TokenSequence sequence)
    {
        ArgumentNullException.ThrowIfNull(sequence);
        return sequence.Length > 0
            ? new(sequence.Length, sequence.Answer.AsSpan().Count(true), sequence.Untagged)
            : throw new DataException($"{sequence.Origin}: error: the prompt writes nothing for this example, not one token.");
    }
}
