using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Batching;
using TaskDsl.Torch.Models;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tuning;

/// <summary>
/// Embeddings in front of every row that a small network makes (P-tuning, Liu et al., arXiv 2103.10385; the variant with three linear maps).
/// Saved in PEFT's layout: the network's result.
/// </summary>
[Keyword("p_tuning")]
public sealed record PTuning : Tuning
{
    /// <summary>How many.</summary>
    [Range(1, 4096)]
    public int VirtualTokens { get; init; } = 20;

    /// <summary>The width inside the network. Default: that of the embeddings.</summary>
    [Range(1, 1 << 16)]
    public int? Hidden { get; init; }

    /// <inheritdoc/>
    public override TunedModel Apply(LanguageModel model, int seed)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var scope = NewDisposeScope();
        var (count, size) = (VirtualTokens * VirtualTokenAdapter.Parts(model), model.TokenEmbedding.size(1));
        var hidden = Hidden ?? size;
        return VirtualTokenAdapter.Prompt(model, tensor(new Draw(seed, Draw.Seed("p_tuning")).Normal(count * size, 1), [count, size]), "P_TUNING",
            VirtualTokenAdapter.Linear(hidden, size, seed, "p_tuning.0"), VirtualTokenAdapter.Linear(hidden, hidden, seed, "p_tuning.2"), VirtualTokenAdapter.Linear(size, hidden, seed, "p_tuning.4"));
    }
}
