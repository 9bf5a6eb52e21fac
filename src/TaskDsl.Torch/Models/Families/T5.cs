using System.Text.RegularExpressions;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models.Heads;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Models.Positions;

namespace TaskDsl.Torch.Models.Families;

/// <summary>
/// T5 (arXiv 1910.10683), its version 1.1 and mT5: RMS normalisation, no biases, a learned number for each class of distance.
/// </summary>
internal sealed partial class T5 : Family
{
    public override IReadOnlyList<(string Type, string Stem)> ModelTypes => [("t5", "T5"), ("mt5", "MT5")];

    public override string Defaults(string modelType) =>
        modelType == "mt5" ? """{"feed_forward_proj": "gated-gelu", "tie_word_embeddings": false}""" : "{}";

    public override IReadOnlyList<FamilyHead> Heads(ConfigJson json) =>
        [
            new(
                new LmHead(),
                LmShape(json, tied: true) with
                {
                    // As Mesh TensorFlow: what meets the embedding as a head is scaled down.
                    Scale = json.Flag("tie_word_embeddings", true) ? 1 / Math.Sqrt(json.Int("d_model")) : 1,
                }
            )
            {
                ClassSuffix = "ForConditionalGeneration",
            },
            .. Classifying,
        ];

    public override Architecture Read(ConfigJson json, Head head)
    {
        var layers = json.Int("num_layers", 6);
        var prefix = head is LmHead ? "" : "transformer.";
        return new Architecture
        {
            Encoder = Shape(json, layers, prefix, writes: false),
            Decoder = Shape(json, json.Int("num_decoder_layers", layers), prefix, writes: true),
            Prefix = prefix,
            Ignored = SecondNames(),
            DecoderStart = json.MaybeInt("decoder_start_token_id"),
        };
    }

    /// <summary>The heads of an encoder–decoder besides its own; one over tokens would be half the model's, without the decoder.</summary>
    public static IReadOnlyList<FamilyHead> Classifying { get; } =
    [
        new(new SequenceClassificationHead(), new() { Dense = "classification_head.dense", Out = "classification_head.out_proj" }),
        new(new TokenClassificationHead(), null),
    ];

    private static StackShape Shape(ConfigJson json, int layers, string prefix, bool writes)
    {
        var (half, last) = writes ? ("decoder", 2) : ("encoder", 1);
        var (hidden, heads) = (json.Int("d_model"), json.Int("num_heads"));
        var form = json.Text("feed_forward_proj", "relu").Split('-');
        var gated = form is ["gated", _];
        if (!gated && form.Length != 1)
            throw json.Bad($"feed_forward_proj is '{json.Text("feed_forward_proj")}'; expected an activation, or one behind 'gated-'.");
        return new StackShape
        {
            HiddenSize = hidden,
            Layers = layers,
            Heads = heads,
            KeyValueHeads = heads,
            HeadSize = json.Int("d_kv", 64),
            FeedForwardSize = json.Int("d_ff"),
            Activation = form is ["gated", "gelu"] ? Activation.GeluTanh : Activations.Parse(json, form[^1]),
            Norm = NormKind.Rms,
            NormEpsilon = json.Number("layer_norm_epsilon", 1e-6),
            Causal = writes,
            Scale = _ => 1, // T5 begins its queries' weights smaller instead of scaling the scores.
            Positions = new RelativeBias(
                $"{prefix}{half}.block.0.layer.0.SelfAttention.relative_attention_bias",
                json.Int("relative_attention_num_buckets", 32),
                json.Int("relative_attention_max_distance", 128)
            ),
            Embedding = new()
            {
                VocabularySize = json.Int("vocab_size"),
                Size = hidden,
                Tokens = $"{prefix}shared",
            },
            Layer = i => $"{prefix}{half}.block.{i}.layer.",
            Attention = Names("0", "SelfAttention"),
            CrossAttention = writes ? Names("1", "EncDecAttention") : null,
            FeedForward = new()
            {
                Norm = $"{last}.layer_norm",
                Gate = gated ? $"{last}.DenseReluDense.wi_0" : null,
                Up = gated ? $"{last}.DenseReluDense.wi_1" : $"{last}.DenseReluDense.wi",
                Down = $"{last}.DenseReluDense.wo",
            },
            FinalNorm = $"{prefix}{half}.final_layer_norm",
        };

        static AttentionNames Names(string place, string name) =>
            new()
            {
                Norm = $"{place}.layer_norm",
                Query = $"{place}.{name}.q",
                Key = $"{place}.{name}.k",
                Value = $"{place}.{name}.v",
                Output = $"{place}.{name}.o",
            };
    }

    [GeneratedRegex(
        @"^(transformer\.)?(encoder|decoder)\.embed_tokens\.weight$|^lm_head\.weight$"
            + @"|^(transformer\.)?decoder\.block\.0\.layer\.1\.EncDecAttention\.relative_attention_bias\.weight$"
    )]
    private static partial Regex SecondNames();
}
