using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Tuning.Adapters;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Tuning;

/// <summary>
/// Embeddings in front of every row that a small network makes (P-tuning, Liu et al., arXiv 2103.10385; the variant with three linear maps).
/// Saved in PEFT's layout: the network's result.
/// </summary>
[Keyword("p_tuning")]
public sealed record PTuning : VirtualTokenTuning
{
    /// <summary>The width inside the network. Default: that of the embeddings.</summary>
    [Range(1, 1 << 16)]
    public int? Hidden { get; init; }

    private protected override VirtualTokenAdapter Make(LanguageModel model, int seed)
    {
        var size = model.TokenEmbedding.size(1);
        var hidden = Hidden ?? size;
        return VirtualTokenAdapter.Prompt(
            model,
            Normal(VirtualTokens * VirtualTokenAdapter.Parts(model), size, seed, "p_tuning"),
            "P_TUNING",
            VirtualTokenAdapter.Linear(hidden, size, seed, "p_tuning.0"),
            VirtualTokenAdapter.Linear(hidden, hidden, seed, "p_tuning.2"),
            VirtualTokenAdapter.Linear(size, hidden, seed, "p_tuning.4")
        );
    }
}
