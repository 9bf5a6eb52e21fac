using TaskDsl.Torch.Models.Layers;

namespace TaskDsl.Torch.Gguf.Families;

/// <summary>BLOOM: all queries come first; a penalty on distance in the place of positions.</summary>
internal sealed class BloomGguf : GgufFamily
{
    public override IReadOnlyList<string> ModelTypes => ["bloom"];

    public override string Architecture => "bloom";

    public override Activation Activation => Activation.GeluTanh;
}
