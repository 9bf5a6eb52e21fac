using TaskDsl.Torch.Tuning;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Models;

/// <summary>One linear map of the model: a named site that a tuning method can act on.</summary>
/// <param name="layer">The decoder layer, from 0.</param>
/// <param name="site">Which of the layer's maps.</param>
/// <param name="name">The module's name in Hugging Face's layout, <c>model.layers.0.self_attn.q_proj</c>.</param>
/// <param name="weight"><c>[out, in]</c>.</param>
/// <param name="bias"><c>[out]</c>, or null.</param>
public sealed class LinearLayer(int layer, Site site, string name, Parameter weight, Parameter? bias)
{
    /// <summary>The decoder layer, from 0.</summary>
    public int Layer { get; } = layer;

    /// <summary>Which of the layer's maps.</summary>
    public Site Site { get; } = site;

    /// <summary>The module's name in Hugging Face's layout.</summary>
    public string Name { get; } = name;

    /// <summary><c>[out, in]</c>, float32.</summary>
    public Parameter Weight { get; } = weight;

    /// <summary><c>[out]</c>, float32; null where the map has none.</summary>
    public Parameter? Bias { get; } = bias;

    /// <summary>What a tuning method adds; null = nothing.</summary>
    public LinearUpdate? Update { get; set; }

    /// <summary>Maps <c>[…, in]</c> to <c>[…, out]</c>.</summary>
    public Tensor Forward(Tensor x)
    {
        var y = nn.functional.linear(x, Weight, Bias);
        return Update is null ? y : Update.Apply(this, x, y);
    }
}

/// <summary>What a tuning method does to one linear layer's result.</summary>
public abstract class LinearUpdate
{
    /// <summary>The updated result.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="x">What went in, <c>[…, in]</c>.</param>
    /// <param name="y">What the layer alone makes of it, <c>[…, out]</c>.</param>
    public abstract Tensor Apply(LinearLayer layer, Tensor x, Tensor y);
}
