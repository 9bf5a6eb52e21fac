using TaskDsl.HuggingFace;

namespace TaskDsl.Torch.Models.Families;

/// <summary>Qwen 2 (arXiv 2407.10671): Llama with biases on queries, keys and values.</summary>
internal sealed class Qwen2 : Family
{
    public override IReadOnlyList<(string Type, string Stem)> ModelTypes => [("qwen2", "Qwen2")];

    public override string Defaults(string modelType) =>
        """{"max_position_embeddings": 32768, "num_key_value_heads": 32, "sliding_window": 4096}""";

    public override Architecture Read(ConfigJson json, Head head) =>
        Llama.Describe(json, Llama.Shape(json) with { QueryKeyValueBias = true, Window = Windows(json) });

    /// <summary>The window is in use only where a flag says so, and only above a first layer.</summary>
    public static Func<int, int?> Windows(ConfigJson json)
    {
        var said = json.Has("sliding_window") | json.Has("layer_types"); // Of no use without the flag.
        if (!said || !json.Flag("use_sliding_window"))
            return _ => null;
        var first = json.Int("max_window_layers", 28);
        return Llama.Windows(json, layer => layer >= first);
    }
}
