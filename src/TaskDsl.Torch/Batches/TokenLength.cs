using TaskDsl.Data;

namespace TaskDsl.Torch.Batches;

/// <summary>How long an example is.</summary>
/// <param name="Tokens">The tokens of all its sequences.</param>
/// <param name="CompletionTokens">Those of the first sequence that the model must produce.</param>
/// <param name="Untagged">Entities that no tag says.</param>
/// <param name="Widened">Entities whose tags are those of longer words.</param>
public readonly record struct TokenLength(int Tokens, int CompletionTokens, int Untagged, int Widened)
{
    /// <summary>Counts an example's tokens.</summary>
    /// <exception cref="DataException">It has none.</exception>
    public static TokenLength Of(TokenGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        return group.Length > 0
            ? new(
                group.Length,
                group.Sequences[0].CompletionMask.AsSpan().Count(true),
                group.Sequences.Sum(s => s.Untagged),
                group.Sequences.Sum(s => s.Widened)
            )
            : throw new DataException($"{group.Origin}: error: the prompt writes nothing for this example, not one token.");
    }
}
