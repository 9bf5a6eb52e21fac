using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Batching;
using TaskDsl.Torch.Models;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tuning;

/// <summary>Learned embeddings in front of every row (prompt tuning, Lester et al., arXiv 2104.08691). Saved in PEFT's layout.</summary>
[Keyword("prompt_tuning")]
public sealed record PromptTuning : Tuning
{
    /// <summary>How many.</summary>
    [Range(1, 4096)]
    public int VirtualTokens { get; init; } = 20;

    /// <summary>What they begin with.</summary>
    public PromptStart Start { get; init; } = PromptStart.Vocabulary;

    /// <inheritdoc/>
    public override TunedModel Apply(LanguageModel model, int seed)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var ungraded = no_grad();
        using var scope = NewDisposeScope();
        var (count, size) = (VirtualTokens * VirtualTokenAdapter.Parts(model), model.TokenEmbedding.size(1));
        var draw = new Draw(seed, Draw.Seed("prompt_tuning"));
        var start = Start == PromptStart.Normal
            ? tensor(draw.Normal(count * size, 1), [count, size])
            : model.TokenEmbedding.index_select(0, tensor(Enumerable.Range(0, count).Select(_ => (long)draw.Below((int)model.TokenEmbedding.size(0))).ToArray(), device: model.Device));
        return VirtualTokenAdapter.Prompt(model, start);
    }
}

/// <summary>What virtual tokens begin with.</summary>
public enum PromptStart
{
    /// <summary>The embeddings of tokens drawn from the vocabulary: what the paper found better.</summary>
    Vocabulary,

    /// <summary>Normal numbers.</summary>
    Normal,
}
