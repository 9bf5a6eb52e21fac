using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Tuning.Adapters;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tuning;

/// <summary>
/// Embeddings in front of every row that a small network makes (P-tuning, Liu et al., arXiv 2103.10385; the variant with three linear
/// maps). Saved in PEFT's layout: the network's result.
/// </summary>
/// <remarks>PEFT calls it <c>P_TUNING</c>. It cannot be merged.</remarks>
[Keyword("p_tuning"), Peft("P_TUNING")]
[
    Harmless("encoder_dropout", "it belongs to the network, whose result is stored"),
    Harmless("encoder_num_layers", "it belongs to the network, whose result is stored"),
    Harmless("encoder_reparameterization_type", "it belongs to the network, whose result is stored")
]
public sealed record PTuning : VirtualTokenTuning
{
    /// <summary>The width inside the network. Default: that of the embeddings.</summary>
    [Range(1, 1 << 16), Stored("encoder_hidden_size")]
    public int? Hidden { get; init; }

    /// <inheritdoc/>
    protected override bool IsPrefix => false;

    /// <inheritdoc/>
    public override AdapterMethod AsStored(LanguageModel model) => this with { Hidden = Hidden ?? (int)Width(model) };

    /// <inheritdoc/>
    protected override Func<Tensor> Table(AdapterWeights weights)
    {
        var (rows, size) = (Rows(weights.Model), Width(weights.Model));
        var hidden = Hidden ?? size;
        return weights.Computed("prompt_embeddings", [rows, size], inner =>
        {
            var table = inner.Trained("prompt_encoder.embedding.weight", [rows, size], () => Normal(inner, rows, size, "p_tuning"));
            return Network(inner, table, x => nn.functional.relu(x), "p_tuning", size, hidden, hidden, size);
        });
    }
}
