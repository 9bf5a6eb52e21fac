using TaskDsl.HuggingFace;

namespace TaskDsl.Torch.Models.Families;

/// <summary>Qwen 3 (arXiv 2505.09388): Llama with normalised queries and keys.</summary>
internal sealed class Qwen3 : Family
{
    public override IReadOnlyList<(string Type, string Stem)> ModelTypes => [("qwen3", "Qwen3")];

    public override string Defaults(string modelType) =>
        """{"max_position_embeddings": 32768, "num_key_value_heads": 32, "sliding_window": 4096}""";

    public override Architecture Read(ConfigJson json, Head head)
    {
        var shape = Llama.Shape(json);
        return Llama.Describe(
            json,
            shape with
            {
                HeadSize = json.Int("head_dim", 128),
                Positions = Llama.Rotary(json, json.Int("head_dim", 128)),
                Attention = shape.Attention with { QueryNorm = "self_attn.q_norm", KeyNorm = "self_attn.k_norm" },
                QueryKeyValueBias = json.Flag("attention_bias"),
                OutputBias = json.Flag("attention_bias"),
                Window = Qwen2.Windows(json),
            }
        );
    }
}
