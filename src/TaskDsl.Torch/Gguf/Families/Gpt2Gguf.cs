using TaskDsl.Torch.Models.Layers;

namespace TaskDsl.Torch.Gguf.Families;

/// <summary>GPT-2: its weights are turned round, what else scores are multiplied by stands in the queries.</summary>
internal sealed class Gpt2Gguf : GgufFamily
{
    public override IReadOnlyList<string> ModelTypes => ["gpt2"];

    public override string Architecture => "gpt2";

    public override Activation Activation => Activation.GeluTanh;
}
