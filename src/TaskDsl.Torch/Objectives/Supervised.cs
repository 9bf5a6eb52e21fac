using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Objectives;

/// <summary>The cross-entropy of the next token, over the answer's tokens only.</summary>
/// <remarks>For decoders and encoder–decoders. The mean is over tokens, or with <c>average: examples</c> over examples.</remarks>
[Keyword("supervised")]
public sealed record Supervised : Objective
{
    /// <summary>What the loss is averaged over.</summary>
    public Average Average { get; init; } = Average.Tokens;

    /// <inheritdoc/>
    public override ObjectiveRun Start(ObjectiveStart start)
    {
        ArgumentNullException.ThrowIfNull(start);
        return new NextTokenRun(start.Model, completionOnly: true, Average);
    }
}
