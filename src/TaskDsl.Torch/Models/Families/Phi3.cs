using TaskDsl.HuggingFace;

namespace TaskDsl.Torch.Models.Families;

/// <summary>Phi 3 (arXiv 2404.14219): Llama with fused maps.</summary>
internal sealed class Phi3 : Family
{
    public override IReadOnlyList<(string Type, string Stem)> ModelTypes => [("phi3", "Phi3")];

    public override string Defaults(string modelType) => """{"max_position_embeddings": 4096, "rms_norm_eps": 1e-5}""";

    public override Architecture Read(ConfigJson json, Head head)
    {
        var shape = Llama.Shape(json);
        return Llama.Describe(
            json,
            shape with
            {
                Attention = shape.Attention with { Fused = "self_attn.qkv_proj" },
                FeedForward = shape.FeedForward with { Gate = null, Fused = "mlp.gate_up_proj" },
                Window = Llama.Windows(json, _ => true),
            }
        );
    }
}
