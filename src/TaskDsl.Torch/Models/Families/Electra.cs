using System.Text.RegularExpressions;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models.Layers;

namespace TaskDsl.Torch.Models.Families;

/// <summary>ELECTRA (arXiv 2003.10555): BERT with narrower embeddings, trained to find replaced tokens.</summary>
internal sealed partial class Electra : Family
{
    public override IReadOnlyList<string> ModelTypes => ["electra"];

    public override Architecture Read(ConfigJson json)
    {
        var kind = EncoderHeads.Read(json, "Electra", HeadKind.ReplacedTokenDetection);
        var prefix = kind == HeadKind.None ? "" : "electra.";
        return new Architecture
        {
            Encoder = Bert.Shape(json, prefix, 0),
            Prefix = prefix,
            ClassStem = "Electra",
            Ignored = Unused(),
            MaxPositions = json.Int("max_position_embeddings", 512),
            Task = kind switch
            {
                HeadKind.MaskedLm => new()
                {
                    Kind = kind,
                    Dense = "generator_predictions.dense",
                    DenseSize = json.Int("embedding_size", 128),
                    Activation = Activation.Gelu,
                    Norm = "generator_predictions.LayerNorm",
                    TiedBias = "generator_lm_head.bias",
                },
                HeadKind.ReplacedTokenDetection => new()
                {
                    Kind = kind,
                    Dense = "discriminator_predictions.dense",
                    Activation = Activations.Of(json, "hidden_act", "gelu"),
                    Out = "discriminator_predictions.dense_prediction",
                },
                HeadKind.SequenceClassification => new()
                {
                    Kind = kind,
                    Dense = "classifier.dense",
                    Activation = Activation.Gelu,
                    Out = "classifier.out_proj",
                    Outputs = Bert.Labels(json),
                },
                HeadKind.TokenClassification => new()
                {
                    Kind = kind,
                    Out = "classifier",
                    Outputs = Bert.Labels(json),
                },
                _ => null,
            },
        };
    }

    [GeneratedRegex(@"(^|\.)position_ids$|^(generator|discriminator)_(predictions|lm_head)\.")]
    private static partial Regex Unused();
}
