using System.Text.RegularExpressions;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Models.Positions;

namespace TaskDsl.Torch.Models.Families;

/// <summary>T5 (arXiv 1910.10683), its version 1.1 and mT5: RMS normalisation, no biases, a learned number for each class of distance.</summary>
internal sealed partial class T5 : Family
{
    public override IReadOnlyList<string> ModelTypes => ["t5", "mt5"];

    public override Architecture Read(ConfigJson json)
    {
        var tied = json.Flag("tie_word_embeddings", true);
        var layers = json.Int("num_layers", 6);
        return new Architecture
        {
            Encoder = Shape(json, layers, writes: false),
            Decoder = Shape(json, json.Int("num_decoder_layers", layers), writes: true),
            Tied = tied,
            HeadScale = tied ? 1 / Math.Sqrt(json.Int("d_model")) : 1,
            Ignored = SecondNames(),
            DecoderStart = json.MaybeInt("decoder_start_token_id"),
        };
    }

    private static StackShape Shape(ConfigJson json, int layers, bool writes)
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
            Scale = _ => 1,
            Positions = new RelativeBias(
                $"{half}.block.0.layer.0.SelfAttention.relative_attention_bias",
                json.Int("relative_attention_num_buckets", 32),
                json.Int("relative_attention_max_distance", 128)
            ),
            Embedding = new()
            {
                VocabularySize = json.Int("vocab_size"),
                Size = hidden,
                Tokens = "shared",
            },
            Layer = i => $"{half}.block.{i}.layer.",
            Attention = Names("0", "SelfAttention"),
            CrossAttention = writes ? Names("1", "EncDecAttention") : null,
            FeedForward = new()
            {
                Norm = $"{last}.layer_norm",
                Gate = gated ? $"{last}.DenseReluDense.wi_0" : null,
                Up = gated ? $"{last}.DenseReluDense.wi_1" : $"{last}.DenseReluDense.wi",
                Down = $"{last}.DenseReluDense.wo",
            },
            FinalNorm = $"{half}.final_layer_norm",
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
        @"^(encoder|decoder)\.embed_tokens\.weight$|^lm_head\.weight$|^decoder\.block\.0\.layer\.1\.EncDecAttention\.relative_attention_bias\.weight$"
    )]
    private static partial Regex SecondNames();
}
