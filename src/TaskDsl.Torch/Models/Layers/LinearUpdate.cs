using static TorchSharp.torch;

namespace TaskDsl.Torch.Models.Layers;

/// <summary>What a tuning method makes of one linear map.</summary>
public abstract class LinearUpdate
{
    /// <summary>The updated map.</summary>
    /// <param name="layer">The map; <see cref="LinearLayer.Plain"/> is what it did before.</param>
    /// <param name="x">What goes in, <c>[…, in]</c>.</param>
    /// <returns><c>[…, out]</c>.</returns>
    public abstract Tensor Forward(LinearLayer layer, Tensor x);

    /// <summary>The weight <c>[out, in]</c> and bias that do the same as the updated map.</summary>
    /// <param name="layer">The map.</param>
    /// <returns>The weight, and the bias where it changes too.</returns>
    public abstract (Tensor Matrix, Tensor? Bias) Merged(LinearLayer layer);
}
