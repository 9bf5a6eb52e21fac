using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using TaskDsl.Torch.Tuning.Adapters;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tuning;

/// <summary>
/// Learned keys and values in front of those of every layer, made by a small network while they are trained (prefix tuning, Li and Liang,
/// arXiv 2101.00190). Saved in PEFT's layout: the network's result.
/// </summary>
/// <remarks>PEFT calls it <c>PREFIX_TUNING</c>. It cannot be merged.</remarks>
[Keyword("prefix_tuning"), Peft("PREFIX_TUNING"), Harmless("prefix_projection", "what is stored went through it already")]
public sealed record PrefixTuning : VirtualTokenTuning
{
    /// <summary>The width inside the network.</summary>
    [Range(1, 1 << 16), Stored("encoder_hidden_size")]
    public int Projection { get; init; } = 512;

    /// <inheritdoc/>
    protected override bool IsPrefix => true;

    /// <inheritdoc/>
    protected override Func<Tensor> Table(AdapterWeights weights)
    {
        var model = weights.Model;
        var (rows, size) = (Rows(model), Width(model));
        long inner = model.PrefixShape.KeyValueHeads * model.PrefixShape.HeadSize;
        return weights.Computed("prompt_embeddings", [rows, size], made =>
        {
            var table = made.Trained("prompt_encoder.embedding.weight", [rows, inner], () => Normal(made, rows, inner, "prefix_tuning"));
            return Network(made, table, x => x.tanh(), "prefix_tuning", inner, Projection, size);
        });
    }

    /// <inheritdoc/>
    public override void Describe(JsonObject config, AdapterWeights weights)
    {
        base.Describe(config, weights);
        config["prefix_projection"] = false; // What is stored went through the projection already.
    }
}
