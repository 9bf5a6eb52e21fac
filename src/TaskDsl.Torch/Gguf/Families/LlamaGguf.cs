using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Models.Positions;

namespace TaskDsl.Torch.Gguf.Families;

/// <summary>Llama and Mistral: neighbours are turned, biases may be there.</summary>
internal sealed class LlamaGguf : GgufFamily
{
    public override IReadOnlyList<string> ModelTypes => ["llama", "mistral"];

    public override string Architecture => "llama";

    public override Activation Activation => Activation.Silu;

    public override bool TurnsNeighbours => true;

    public override IReadOnlyList<Type> Stretches => [.. base.Stretches, typeof(Llama3RopeScaling), typeof(LongRopeScaling)];
}
