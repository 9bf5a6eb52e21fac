using System.Text.RegularExpressions;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models.Heads;
using TaskDsl.Torch.Models.Layers;

namespace TaskDsl.Torch.Models.Families;

/// <summary>RoBERTa (arXiv 1907.11692) and XLM-R (arXiv 1911.02116): BERT whose positions begin behind the padding token's id.</summary>
internal sealed partial class Roberta : Family
{
    private static readonly HeadShape MaskedLm = new()
    {
        Dense = "lm_head.dense",
        Activation = Activation.Gelu,
        Norm = "lm_head.layer_norm",
        Out = "lm_head.decoder",
        Tied = true,
        TiedBias = "lm_head.bias",
    };

    public override IReadOnlyList<(string Type, string Stem)> ModelTypes => [("roberta", "Roberta"), ("xlm-roberta", "XLMRoberta")];

    public override IReadOnlyList<FamilyHead> Heads(ConfigJson json) =>
        [
            new(new PooledHead(), new() { Dense = json.Flag("add_pooling_layer", true) ? "pooler.dense" : null }),
            new(new MaskedLmHead(), MaskedLm),
            new(new MaskedLmHead(), MaskedLm) { ClassSuffix = "ForPreTraining" },
            new(new SequenceClassificationHead(), new() { Dense = "classifier.dense", Out = "classifier.out_proj" }),
            new(new TokenClassificationHead(), new() { Out = "classifier" }),
        ];

    public override Architecture Read(ConfigJson json, Head head)
    {
        var prefix = head is PooledHead ? "" : "roberta.";
        var offset = json.Int("pad_token_id", 1) + 1;
        return new Architecture
        {
            Encoder = Bert.Shape(json, prefix, offset),
            Prefix = prefix,
            Ignored = Unused(),
            MaxPositions = json.Int("max_position_embeddings", 512) - offset,
        };
    }

    [GeneratedRegex(@"(^|\.)position_ids$|^(roberta\.)?pooler\.|^lm_head\.")]
    private static partial Regex Unused();
}
