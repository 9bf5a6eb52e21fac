using static TorchSharp.torch;

namespace TaskDsl.Torch.Models.Layers;

/// <summary>What a tuning method adds to one part of a layer.</summary>
public abstract class SublayerUpdate
{
    /// <summary>The updated result.</summary>
    /// <param name="sublayer">The part.</param>
    /// <param name="x">What goes into it, <c>[batch, sequence, hidden]</c>.</param>
    /// <param name="y">What it alone makes of that, of the same shape.</param>
    public abstract Tensor Forward(Sublayer sublayer, Tensor x, Tensor y);
}
