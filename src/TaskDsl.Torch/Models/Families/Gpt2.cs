using System.Text.RegularExpressions;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models.Heads;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Models.Positions;

namespace TaskDsl.Torch.Models.Families;

/// <summary>GPT-2 (Radford et al. 2019): layer normalisation, learned positions, weights stored the other way round.</summary>
internal sealed partial class Gpt2 : Family
{
    public override IReadOnlyList<(string Type, string Stem)> ModelTypes => [("gpt2", "GPT2")];

    public override IReadOnlyList<FamilyHead> Heads(ConfigJson json) =>
        [Lm(json, tied: true) with { ClassSuffix = "LMHeadModel" }, new(new TokenClassificationHead(), new() { Out = "classifier" })];

    public override Architecture Read(ConfigJson json, Head head)
    {
        json.Only("add_cross_attention", false);
        var (hidden, heads, positions) = (json.Int("n_embd", 768), json.Int("n_head", 12), json.Int("n_positions", 1024));
        var root = json.Flag("scale_attn_weights", true) && heads > 0 ? 1 / Math.Sqrt(hidden / heads) : 1;
        var deeper = json.Flag("scale_attn_by_inverse_layer_idx");
        return new Architecture
        {
            Decoder = new()
            {
                HiddenSize = hidden,
                Layers = json.Int("n_layer", 12),
                Heads = heads,
                KeyValueHeads = heads,
                HeadSize = heads > 0 ? hidden / heads : 0,
                FeedForwardSize = json.Int("n_inner", 4 * hidden),
                Activation = Activations.Of(json, "activation_function", "gelu_new"),
                Norm = NormKind.Layer,
                NormEpsilon = json.Number("layer_norm_epsilon", 1e-5),
                QueryKeyValueBias = true,
                OutputBias = true,
                FeedForwardBias = true,
                Transposed = true,
                Scale = layer => deeper ? root / (layer + 1) : root,
                Positions = new LearnedPositions("transformer.wpe", positions),
                Embedding = new()
                {
                    VocabularySize = json.Int("vocab_size", 50257),
                    Size = hidden,
                    Tokens = "transformer.wte",
                },
                Layer = i => $"transformer.h.{i}.",
                Attention = new()
                {
                    Norm = "ln_1",
                    Fused = "attn.c_attn",
                    Output = "attn.c_proj",
                },
                FeedForward = new()
                {
                    Norm = "ln_2",
                    Up = "mlp.c_fc",
                    Down = "mlp.c_proj",
                },
                FinalNorm = "transformer.ln_f",
            },
            Prefix = "transformer.",
            Ignored = Buffers(),
            MaxPositions = positions,
        };
    }

    [GeneratedRegex(@"\.attn\.(masked_)?bias$|^lm_head\.weight$")]
    private static partial Regex Buffers();
}
