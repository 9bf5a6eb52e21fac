using System.Text.RegularExpressions;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models.Heads;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Models.Positions;

namespace TaskDsl.Torch.Models.Families;

/// <summary>BERT (arXiv 1810.04805): learned positions and two kinds of tokens, normalised behind each part.</summary>
internal sealed partial class Bert : Family
{
    public override IReadOnlyList<(string Type, string Stem)> ModelTypes => [("bert", "Bert")];

    public override IReadOnlyList<FamilyHead> Heads(ConfigJson json) =>
        [
            new(new PooledHead(), new() { Dense = json.Flag("add_pooling_layer", true) ? "pooler.dense" : null }),
            new(new MaskedLmHead(), MaskedLm(json)),
            new(new MaskedLmHead(), MaskedLm(json)) { ClassSuffix = "ForPreTraining" },
            new(new SequenceClassificationHead(), new() { Dense = "bert.pooler.dense", Out = "classifier" }),
            new(new TokenClassificationHead(), new() { Out = "classifier" }),
        ];

    public override Architecture Read(ConfigJson json, Head head)
    {
        var prefix = head is PooledHead ? "" : "bert.";
        return new Architecture
        {
            Encoder = Shape(json, prefix, 0),
            Prefix = prefix,
            Ignored = Unused(),
            MaxPositions = json.Int("max_position_embeddings", 512),
        };
    }

    private static HeadShape MaskedLm(ConfigJson json) =>
        new()
        {
            Dense = "cls.predictions.transform.dense",
            Activation = Activations.Of(json, "hidden_act", "gelu"),
            Norm = "cls.predictions.transform.LayerNorm",
            Out = "cls.predictions.decoder",
            Tied = true,
            TiedBias = "cls.predictions.bias",
        };

    /// <summary>The stack of a family that is built like BERT.</summary>
    /// <param name="json">The configuration.</param>
    /// <param name="prefix">What the names begin with.</param>
    /// <param name="offset">Rows of the position table before that of the first token.</param>
    public static StackShape Shape(ConfigJson json, string prefix, int offset)
    {
        json.Only("position_embedding_type", "absolute");
        json.Only("is_decoder", false);
        var (hidden, heads) = (json.Int("hidden_size"), json.Int("num_attention_heads"));
        var embedding = json.Int("embedding_size", hidden);
        return new StackShape
        {
            HiddenSize = hidden,
            Layers = json.Int("num_hidden_layers"),
            Heads = heads,
            KeyValueHeads = heads,
            HeadSize = heads > 0 ? hidden / heads : 0,
            FeedForwardSize = json.Int("intermediate_size"),
            Activation = Activations.Of(json, "hidden_act", "gelu"),
            Norm = NormKind.Layer,
            NormEpsilon = json.Number("layer_norm_eps", 1e-12),
            NormAfter = true,
            Causal = false,
            QueryKeyValueBias = true,
            OutputBias = true,
            FeedForwardBias = true,
            Positions = new LearnedPositions(
                $"{prefix}embeddings.position_embeddings",
                json.Int("max_position_embeddings", 512) - offset,
                offset
            ),
            Embedding = new()
            {
                VocabularySize = json.Int("vocab_size"),
                Size = embedding,
                Tokens = $"{prefix}embeddings.word_embeddings",
                TokenTypes = $"{prefix}embeddings.token_type_embeddings",
                TokenTypeCount = json.Int("type_vocab_size", 2),
                Norm = $"{prefix}embeddings.LayerNorm",
                Project = embedding != hidden ? $"{prefix}embeddings_project" : null,
                ProjectBias = true,
            },
            Layer = i => $"{prefix}encoder.layer.{i}.",
            Attention = new()
            {
                Norm = "attention.output.LayerNorm",
                Query = "attention.self.query",
                Key = "attention.self.key",
                Value = "attention.self.value",
                Output = "attention.output.dense",
            },
            FeedForward = new()
            {
                Norm = "output.LayerNorm",
                Up = "intermediate.dense",
                Down = "output.dense",
            },
        };
    }

    /// <summary>Other heads, buffers and second names.</summary>
    [GeneratedRegex(@"(^|\.)position_ids$|^(bert\.)?pooler\.|^cls\.")]
    private static partial Regex Unused();
}
