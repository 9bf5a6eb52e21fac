using TaskDsl.HuggingFace;

namespace TaskDsl.Torch.Models.Families;

/// <summary>Mistral (arXiv 2310.06825): Llama with a sliding window.</summary>
internal sealed class Mistral : Family
{
    public override IReadOnlyList<(string Type, string Stem)> ModelTypes => [("mistral", "Mistral")];

    public override string Defaults(string modelType) =>
        """{"max_position_embeddings": 131072, "num_key_value_heads": 8, "sliding_window": 4096}""";

    public override Architecture Read(ConfigJson json, Head head) =>
        Llama.Describe(json, Llama.Shape(json) with { Window = Llama.Windows(json, _ => true) });
}
