using System.Text.RegularExpressions;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models.Heads;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Models.Positions;

namespace TaskDsl.Torch.Models.Families;

/// <summary>BART (arXiv 1910.13461): learned positions that begin at row 2, normalised behind each part.</summary>
internal sealed partial class Bart : Family
{
    public override IReadOnlyList<(string Type, string Stem)> ModelTypes => [("bart", "Bart")];

    public override string Defaults(string modelType) => """{"decoder_start_token_id": 2}""";

    public override IReadOnlyList<FamilyHead> Heads(ConfigJson json) =>
        [
            new(new LmHead(), LmShape(json, tied: true) with { StoredBias = "final_logits_bias" })
            {
                ClassSuffix = "ForConditionalGeneration",
            },
            .. T5.Classifying,
        ];

    public override Architecture Read(ConfigJson json, Head head) =>
        new()
        {
            Encoder = Shape(json, "encoder", causal: false),
            Decoder = Shape(json, "decoder", causal: true),
            Prefix = "model.",
            Ignored = SecondNames(),
            DecoderStart = json.MaybeInt("decoder_start_token_id"),
            MaxPositions = json.Int("max_position_embeddings", 1024),
        };

    private static StackShape Shape(ConfigJson json, string half, bool causal)
    {
        var (hidden, heads) = (json.Int("d_model"), json.Int($"{half}_attention_heads"));
        return new StackShape
        {
            HiddenSize = hidden,
            Layers = json.Int($"{half}_layers"),
            Heads = heads,
            KeyValueHeads = heads,
            HeadSize = heads > 0 ? hidden / heads : 0,
            FeedForwardSize = json.Int($"{half}_ffn_dim"),
            Activation = Activations.Of(json, "activation_function", "gelu"),
            Norm = NormKind.Layer,
            NormEpsilon = 1e-5,
            NormAfter = true,
            Causal = causal,
            QueryKeyValueBias = true,
            OutputBias = true,
            FeedForwardBias = true,
            Positions = new LearnedPositions($"model.{half}.embed_positions", json.Int("max_position_embeddings", 1024), Offset: 2),
            Embedding = new()
            {
                VocabularySize = json.Int("vocab_size"),
                Size = hidden,
                Tokens = "model.shared",
                Scale = json.Flag("scale_embedding") ? Math.Sqrt(hidden) : 1,
                Norm = $"model.{half}.layernorm_embedding",
            },
            Layer = i => $"model.{half}.layers.{i}.",
            Attention = Names("self_attn"),
            CrossAttention = causal ? Names("encoder_attn") : null,
            FeedForward = new()
            {
                Norm = "final_layer_norm",
                Up = "fc1",
                Down = "fc2",
            },
        };

        static AttentionNames Names(string name) =>
            new()
            {
                Norm = $"{name}_layer_norm",
                Query = $"{name}.q_proj",
                Key = $"{name}.k_proj",
                Value = $"{name}.v_proj",
                Output = $"{name}.out_proj",
            };
    }

    [GeneratedRegex(@"^model\.(encoder|decoder)\.embed_tokens\.weight$|^lm_head\.weight$")]
    private static partial Regex SecondNames();
}
