using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Models.Positions;

namespace TaskDsl.Torch.Gguf.Families;

/// <summary>Phi 3: fused maps, which stay so; a part of each head may be turned.</summary>
internal sealed class Phi3Gguf : GgufFamily
{
    public override IReadOnlyList<string> ModelTypes => ["phi3"];

    public override string Architecture => "phi3";

    public override Activation Activation => Activation.Silu;

    public override bool TurnsParts => true;

    public override bool NeedsOutput => true;

    public override IReadOnlyList<Type> Stretches => [.. base.Stretches, typeof(LongRopeScaling)];

    /// <summary>llama.cpp does not use it, and asks for it.</summary>
    public override IEnumerable<KeyValuePair<string, object>> Settings(ModelConfig config, StackShape shape) =>
        [new("attention.sliding_window", 0u)];
}
