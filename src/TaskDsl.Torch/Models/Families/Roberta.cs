using System.Text.RegularExpressions;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models.Layers;

namespace TaskDsl.Torch.Models.Families;

/// <summary>RoBERTa (arXiv 1907.11692) and XLM-R (arXiv 1911.02116): BERT whose positions begin behind the padding token's id.</summary>
internal sealed partial class Roberta : Family
{
    public override IReadOnlyList<string> ModelTypes => ["roberta", "xlm-roberta"];

    public override Architecture Read(ConfigJson json)
    {
        var stem = json.Text("model_type") == "roberta" ? "Roberta" : "XLMRoberta";
        var kind = EncoderHeads.Read(json, stem, HeadKind.MaskedLm);
        var prefix = kind == HeadKind.None ? "" : "roberta.";
        var offset = json.Int("pad_token_id", 1) + 1;
        return new Architecture
        {
            Encoder = Bert.Shape(json, prefix, offset),
            Prefix = prefix,
            ClassStem = stem,
            Ignored = Unused(),
            MaxPositions = json.Int("max_position_embeddings", 512) - offset,
            Task = kind switch
            {
                HeadKind.MaskedLm => new()
                {
                    Kind = kind,
                    Dense = "lm_head.dense",
                    Activation = Activation.Gelu,
                    Norm = "lm_head.layer_norm",
                    TiedBias = "lm_head.bias",
                },
                HeadKind.SequenceClassification => new()
                {
                    Kind = kind,
                    Dense = "classifier.dense",
                    Out = "classifier.out_proj",
                    Outputs = Bert.Labels(json),
                },
                HeadKind.TokenClassification => new()
                {
                    Kind = kind,
                    Out = "classifier",
                    Outputs = Bert.Labels(json),
                },
                _ => new() { Kind = kind, Dense = "pooler.dense" },
            },
        };
    }

    [GeneratedRegex(@"(^|\.)position_ids$|^(roberta\.)?pooler\.|^lm_head\.")]
    private static partial Regex Unused();
}
