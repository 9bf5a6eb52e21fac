using System.Text.RegularExpressions;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models.Heads;
using TaskDsl.Torch.Models.Layers;

namespace TaskDsl.Torch.Models.Families;

/// <summary>GPT-NeoX and Pythia (arXiv 2204.06745): attention and feed-forward side by side, partly rotary positions.</summary>
internal sealed partial class GptNeoX : Family
{
    public override IReadOnlyList<(string Type, string Stem)> ModelTypes => [("gpt_neox", "GPTNeoX")];

    public override IReadOnlyList<FamilyHead> Heads(ConfigJson json) =>
        [new(new LmHead(), LmShape(json) with { Out = "embed_out" }), new(new TokenClassificationHead(), new() { Out = "classifier" })];

    public override Architecture Read(ConfigJson json, Head head)
    {
        var (hidden, heads) = (json.Int("hidden_size"), json.Int("num_attention_heads"));
        var size = heads > 0 ? hidden / heads : 0;
        var bias = json.Flag("attention_bias", true);
        var rotary = Llama.Rotary(json, size, json.Number("rotary_pct", 0.25));
        if (!json.Has("rope_theta"))
            rotary = rotary with { Theta = json.Number("rotary_emb_base", rotary.Theta) };
        return new Architecture
        {
            Decoder = new()
            {
                HiddenSize = hidden,
                Layers = json.Int("num_hidden_layers"),
                Heads = heads,
                KeyValueHeads = heads,
                HeadSize = size,
                FeedForwardSize = json.Int("intermediate_size"),
                Activation = Activations.Of(json, "hidden_act", "gelu"),
                Norm = NormKind.Layer,
                NormEpsilon = json.Number("layer_norm_eps", 1e-5),
                Parallel = json.Flag("use_parallel_residual", true),
                QueryKeyValueBias = bias,
                OutputBias = bias,
                FeedForwardBias = true,
                FusedByHead = true,
                Positions = rotary,
                Embedding = new()
                {
                    VocabularySize = json.Int("vocab_size"),
                    Size = hidden,
                    Tokens = "gpt_neox.embed_in",
                },
                Layer = i => $"gpt_neox.layers.{i}.",
                Attention = new()
                {
                    Norm = "input_layernorm",
                    Fused = "attention.query_key_value",
                    Output = "attention.dense",
                },
                FeedForward = new()
                {
                    Norm = "post_attention_layernorm",
                    Up = "mlp.dense_h_to_4h",
                    Down = "mlp.dense_4h_to_h",
                },
                FinalNorm = "gpt_neox.final_layer_norm",
            },
            Prefix = "gpt_neox.",
            Ignored = Buffers(),
            MaxPositions = json.Int("max_position_embeddings", 2048),
        };
    }

    [GeneratedRegex(@"\.attention\.(masked_)?bias$|\.rotary_emb\.inv_freq$|^embed_out\.weight$")]
    private static partial Regex Buffers();
}
