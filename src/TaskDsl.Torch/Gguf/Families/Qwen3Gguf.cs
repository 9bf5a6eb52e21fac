using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;

namespace TaskDsl.Torch.Gguf.Families;

/// <summary>Qwen 3: normalised queries and keys, no biases.</summary>
internal sealed class Qwen3Gguf : GgufFamily
{
    public override IReadOnlyList<string> ModelTypes => ["qwen3"];

    public override string Architecture => "qwen3";

    public override Activation Activation => Activation.Silu;

    public override IEnumerable<string> Obstacles(ModelConfig config, StackShape shape) =>
        [.. base.Obstacles(config, shape), .. shape.QueryKeyValueBias ? ["its attention has biases (attention_bias)"] : (string[])[]];
}
