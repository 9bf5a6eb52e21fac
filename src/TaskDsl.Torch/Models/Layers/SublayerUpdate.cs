using static TorchSharp.torch;

namespace TaskDsl.Torch.Models.Layers;

/// <summary>What a tuning method adds to one part of a layer.</summary>
public abstract class SublayerUpdate
{
    /// <summary>Why it cannot be folded into the model's weights.</summary>
    public virtual string MergeObstacle =>
        "What is added to a whole part of a layer is no change of a weight: it cannot be folded into one. Use the adapter as it is.";

    /// <summary>The updated result.</summary>
    /// <param name="sublayer">The part.</param>
    /// <param name="x">What goes into it, <c>[batch, sequence, hidden]</c>.</param>
    /// <param name="y">What it makes of that, with the updates before this one, of the same shape.</param>
    public abstract Tensor Forward(Sublayer sublayer, Tensor x, Tensor y);
}
