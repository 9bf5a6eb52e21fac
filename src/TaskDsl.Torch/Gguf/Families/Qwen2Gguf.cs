using TaskDsl.Torch.Models.Layers;

namespace TaskDsl.Torch.Gguf.Families;

/// <summary>Qwen 2: as it is.</summary>
internal sealed class Qwen2Gguf : GgufFamily
{
    public override IReadOnlyList<string> ModelTypes => ["qwen2"];

    public override string Architecture => "qwen2";

    public override Activation Activation => Activation.Silu;
}
