using System.Text.RegularExpressions;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Models.Positions;

namespace TaskDsl.Torch.Models.Families;

/// <summary>Llama (arXiv 2302.13971): RMS normalisation, rotary positions, grouped queries, a SiLU gate.</summary>
internal sealed partial class Llama : Family
{
    public override IReadOnlyList<(string Type, string Stem)> ModelTypes => [("llama", "Llama")];

    public override Architecture Read(ConfigJson json, Head head) =>
        Describe(
            json,
            Shape(json) with
            {
                QueryKeyValueBias = json.Flag("attention_bias"),
                OutputBias = json.Flag("attention_bias"),
                FeedForwardBias = json.Flag("mlp_bias"),
            }
        );

    /// <summary>The architecture of a family that is called like Llama.</summary>
    public static Architecture Describe(ConfigJson json, StackShape shape) =>
        new()
        {
            Decoder = shape,
            Prefix = "model.",
            Ignored = Buffers(),
            MaxPositions = json.Int("max_position_embeddings", 2048),
        };

    /// <summary>The stack of a family that is built like Llama.</summary>
    public static StackShape Shape(ConfigJson json)
    {
        var (heads, hidden) = (json.Int("num_attention_heads"), json.Int("hidden_size"));
        var size = json.Int("head_dim", heads > 0 ? hidden / heads : 0);
        return new StackShape
        {
            HiddenSize = hidden,
            Layers = json.Int("num_hidden_layers"),
            Heads = heads,
            KeyValueHeads = json.Int("num_key_value_heads", heads),
            HeadSize = size,
            FeedForwardSize = json.Int("intermediate_size"),
            Activation = Activations.Of(json, "hidden_act", "silu"),
            Norm = NormKind.Rms,
            NormEpsilon = json.Number("rms_norm_eps", 1e-6),
            Positions = Rotary(json, size),
            Embedding = new()
            {
                VocabularySize = json.Int("vocab_size"),
                Size = hidden,
                Tokens = "model.embed_tokens",
            },
            Layer = i => $"model.layers.{i}.",
            Attention = new()
            {
                Norm = "input_layernorm",
                Query = "self_attn.q_proj",
                Key = "self_attn.k_proj",
                Value = "self_attn.v_proj",
                Output = "self_attn.o_proj",
            },
            FeedForward = new()
            {
                Norm = "post_attention_layernorm",
                Gate = "mlp.gate_proj",
                Up = "mlp.up_proj",
                Down = "mlp.down_proj",
            },
            FinalNorm = "model.norm",
        };
    }

    /// <summary>Rotary positions as configurations of this kind give them; transformers 5 writes all in <c>rope_parameters</c>.</summary>
    public static Rotary Rotary(ConfigJson json, int headSize, double share = 1)
    {
        var parameters = json.Part("rope_parameters") ?? json.Part("rope_scaling");
        share = parameters?.Number("partial_rotary_factor", json.Number("partial_rotary_factor", share))
            ?? json.Number("partial_rotary_factor", share);
        var theta = json.Number("rope_theta", parameters?.Number("rope_theta", 10000) ?? 10000);
        return new Rotary(
            (int)(headSize * share),
            theta,
            json.Int("max_position_embeddings", 2048),
            parameters is null ? null : RopeScaling.Read(parameters, json)
        );
    }

    /// <summary>What <c>layer_types</c> or a first layer say of windows.</summary>
    public static Func<int, int?> Windows(ConfigJson json, Func<int, bool> slides)
    {
        if (json.MaybeInt("sliding_window") is not { } window)
            return _ => null;
        var types = json.Texts("layer_types");
        return types.Count == 0 ? i => slides(i) ? window : null : i => i < types.Count && types[i] == "sliding_attention" ? window : null;
    }

    [GeneratedRegex(@"\.rotary_emb\.inv_freq$|^lm_head\.weight$")]
    private static partial Regex Buffers();
}
