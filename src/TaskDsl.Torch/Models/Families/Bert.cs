using System.Text.RegularExpressions;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Models.Positions;

namespace TaskDsl.Torch.Models.Families;

/// <summary>BERT (arXiv 1810.04805): learned positions and two kinds of tokens, normalised behind each part.</summary>
internal sealed partial class Bert : Family
{
    public override IReadOnlyList<string> ModelTypes => ["bert"];

    public override Architecture Read(ConfigJson json)
    {
        var kind = EncoderHeads.Read(json, "Bert", HeadKind.MaskedLm);
        var prefix = kind == HeadKind.None ? "" : "bert.";
        return new Architecture
        {
            Encoder = Shape(json, prefix, 0),
            Prefix = prefix,
            ClassStem = "Bert",
            Ignored = Unused(),
            MaxPositions = json.Int("max_position_embeddings", 512),
            Task = kind switch
            {
                HeadKind.MaskedLm => new()
                {
                    Kind = kind,
                    Dense = "cls.predictions.transform.dense",
                    Activation = Activations.Of(json, "hidden_act", "gelu"),
                    Norm = "cls.predictions.transform.LayerNorm",
                    TiedBias = "cls.predictions.bias",
                },
                HeadKind.SequenceClassification => new()
                {
                    Kind = kind,
                    Dense = "bert.pooler.dense",
                    Out = "classifier",
                    Outputs = Labels(json),
                },
                HeadKind.TokenClassification => new()
                {
                    Kind = kind,
                    Out = "classifier",
                    Outputs = Labels(json),
                },
                _ => new() { Kind = kind, Dense = $"{prefix}pooler.dense" },
            },
        };
    }

    /// <summary>How many labels a classifying head has.</summary>
    public static int Labels(ConfigJson json) => json.Part("id2label")?.Json.Count ?? json.Int("num_labels", 2);

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
