using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models.Heads;
using TaskDsl.Torch.Models.Layers;

namespace TaskDsl.Torch.Models.Families;

/// <summary>Gemma 2 (arXiv 2408.00118): four normalisations a layer, capped scores, every other layer with a window.</summary>
internal sealed class Gemma2 : Family
{
    public override IReadOnlyList<(string Type, string Stem)> ModelTypes => [("gemma2", "Gemma2")];

    public override string Defaults(string modelType) =>
        """
            {
              "attn_logit_softcapping": 50.0, "final_logit_softcapping": 30.0, "max_position_embeddings": 8192, "num_key_value_heads": 4,
              "sliding_window": 4096
            }
            """;

    public override IReadOnlyList<FamilyHead> Heads(ConfigJson json) =>
        [
            new(
                new LmHead(),
                LmShape(json, tied: true) with
                {
                    Cap = json.Has("final_logit_softcapping") ? json.Number("final_logit_softcapping") : null,
                }
            ),
        ];

    public override Architecture Read(ConfigJson json, Head head)
    {
        var shape = Llama.Shape(json);
        var size = json.Int("head_dim", 256);
        var bias = json.Flag("attention_bias");
        var scale = 1 / Math.Sqrt(json.Number("query_pre_attn_scalar", 256));
        return Llama.Describe(
            json,
            shape: shape with
            {
                HeadSize = size,
                Positions = Llama.Rotary(json, size),
                Activation = Activations.Of(json, "hidden_activation", "gelu_pytorch_tanh"),
                Norm = NormKind.RmsFromOne,
                Scale = _ => scale,
                ScoreCap = json.Has("attn_logit_softcapping") ? json.Number("attn_logit_softcapping") : null,
                Window = Llama.Windows(json, layer => layer % 2 == 0),
                QueryKeyValueBias = bias,
                OutputBias = bias,
                Embedding = shape.Embedding with { Scale = (float)Math.Sqrt(shape.HiddenSize) }, // In float32, as the reference.
                Attention = shape.Attention with { InnerNorm = "post_attention_layernorm" },
                FeedForward = shape.FeedForward with { Norm = "pre_feedforward_layernorm", InnerNorm = "post_feedforward_layernorm" },
            }
        ) with
        { };
    }
}
