using System.Text.RegularExpressions;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models.Heads;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Models.Positions;

namespace TaskDsl.Torch.Models.Families;

/// <summary>BLOOM (arXiv 2211.05100): no positions but a penalty on distance, and normalised embeddings.</summary>
internal sealed partial class Bloom : Family
{
    public override IReadOnlyList<(string Type, string Stem)> ModelTypes => [("bloom", "Bloom")];

    public override IReadOnlyList<FamilyHead> Heads(ConfigJson json) =>
        [Lm(json, tied: true), new(new TokenClassificationHead(), new() { Out = "classifier" })];

    public override Architecture Read(ConfigJson json, Head head)
    {
        var (hidden, heads) = (json.Int("hidden_size", json.Int("n_embed", 64)), json.Int("n_head", json.Int("num_attention_heads", 8)));
        return new Architecture
        {
            Decoder = new()
            {
                HiddenSize = hidden,
                Layers = json.Int("n_layer", json.Int("num_hidden_layers", 2)),
                Heads = heads,
                KeyValueHeads = heads,
                HeadSize = heads > 0 ? hidden / heads : 0,
                FeedForwardSize = 4 * hidden,
                Activation = Activation.GeluTanh,
                Norm = NormKind.Layer,
                NormEpsilon = json.Number("layer_norm_epsilon", 1e-5),
                ResidualFromNorm = json.Flag("apply_residual_connection_post_layernorm"),
                QueryKeyValueBias = true,
                OutputBias = true,
                FeedForwardBias = true,
                FusedByHead = true,
                Positions = new LinearBias(),
                Embedding = new()
                {
                    VocabularySize = json.Int("vocab_size"),
                    Size = hidden,
                    Tokens = "transformer.word_embeddings",
                    Norm = "transformer.word_embeddings_layernorm",
                },
                Layer = i => $"transformer.h.{i}.",
                Attention = new()
                {
                    Norm = "input_layernorm",
                    Fused = "self_attention.query_key_value",
                    Output = "self_attention.dense",
                },
                FeedForward = new()
                {
                    Norm = "post_attention_layernorm",
                    Up = "mlp.dense_h_to_4h",
                    Down = "mlp.dense_4h_to_h",
                },
                FinalNorm = "transformer.ln_f",
            },
            Prefix = "transformer.",
            Ignored = SecondNames(),
        };
    }

    [GeneratedRegex(@"^lm_head\.weight$")]
    private static partial Regex SecondNames();
}
