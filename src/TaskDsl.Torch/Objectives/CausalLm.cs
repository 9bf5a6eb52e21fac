using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Objectives;

/// <summary>The cross-entropy of the next token, averaged over all tokens of the text: what models are pre-trained with.</summary>
/// <remarks>For decoders. It also learns from the recipe's <c>corpus</c>.</remarks>
[Keyword("causal_lm")]
public sealed record CausalLm : Objective
{
    /// <inheritdoc/>
    public override ObjectiveRun Start(ObjectiveStart start)
    {
        ArgumentNullException.ThrowIfNull(start);
        return new NextTokenRun(start.Model, completionOnly: false);
    }
}
