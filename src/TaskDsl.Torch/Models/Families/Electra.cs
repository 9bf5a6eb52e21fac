using System.Text.RegularExpressions;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models.Heads;
using TaskDsl.Torch.Models.Layers;

namespace TaskDsl.Torch.Models.Families;

/// <summary>ELECTRA (arXiv 2003.10555): BERT with narrower embeddings, trained to find replaced tokens.</summary>
internal sealed partial class Electra : Family
{
    public override IReadOnlyList<(string Type, string Stem)> ModelTypes => [("electra", "Electra")];

    public override string Defaults(string modelType) => """{"embedding_size": 128}""";

    public override IReadOnlyList<FamilyHead> Heads(ConfigJson json) =>
        [
            new(new PooledHead(), new()),
            new(
                new MaskedLmHead(),
                new()
                {
                    Dense = "generator_predictions.dense",
                    DenseSize = json.Int("embedding_size", 128),
                    Activation = Activation.Gelu,
                    Norm = "generator_predictions.LayerNorm",
                    Out = "generator_lm_head",
                    Tied = true,
                    TiedBias = "generator_lm_head.bias",
                }
            ),
            new(
                new ReplacedTokenDetectionHead(),
                new()
                {
                    Dense = "discriminator_predictions.dense",
                    Activation = Activations.Of(json, "hidden_act", "gelu"),
                    Out = "discriminator_predictions.dense_prediction",
                }
            ),
            new(
                new SequenceClassificationHead(),
                new()
                {
                    Dense = "classifier.dense",
                    Activation = Activation.Gelu,
                    Out = "classifier.out_proj",
                }
            ),
            new(new TokenClassificationHead(), new() { Out = "classifier" }),
        ];

    public override Architecture Read(ConfigJson json, Head head)
    {
        var prefix = head is PooledHead ? "" : "electra.";
        return new Architecture
        {
            Encoder = Bert.Shape(json, prefix, 0),
            Prefix = prefix,
            Ignored = Unused(),
            MaxPositions = json.Int("max_position_embeddings", 512),
        };
    }

    [GeneratedRegex(@"(^|\.)position_ids$|^(generator|discriminator)_(predictions|lm_head)\.")]
    private static partial Regex Unused();
}
