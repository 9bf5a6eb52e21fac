using TaskDsl.Torch.Native;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Models.Layers;

/// <summary>One part of a layer, with its normalisation and its way around it (the residual): a place where an adapter can sit.</summary>
public abstract class Sublayer
{
    private readonly Norm? norm,
        inner;
    private readonly bool after,
        residualFromNorm;

    private protected Sublayer(StackShape shape, int layer, SublayerKind kind, string? normName, string? innerName, ParameterSource make)
    {
        (Layer, Kind, Size) = (layer, kind, shape.HiddenSize);
        (after, residualFromNorm) = (shape.NormAfter, shape.ResidualFromNorm);
        if (normName is not null)
            norm = new Norm(shape.Norm, shape.NormEpsilon, normName, shape.HiddenSize, make);
        if (innerName is not null)
            inner = new Norm(shape.Norm, shape.NormEpsilon, innerName, shape.HiddenSize, make);
    }

    /// <summary>The layer, from 0.</summary>
    public int Layer { get; }

    /// <summary>Which part.</summary>
    public SublayerKind Kind { get; }

    /// <summary>The width of the residual stream.</summary>
    public int Size { get; }

    /// <summary>What tuning methods add, one after the other.</summary>
    public IList<SublayerUpdate> Updates { get; } = [];

    /// <summary>The linear maps.</summary>
    public abstract IEnumerable<LinearLayer> LinearLayers { get; }

    internal Tensor Forward(Tensor x, StackPass pass)
    {
        if (after)
            return norm!.Forward(x + Branch(x, pass));
        var h = norm!.Forward(x);
        return (residualFromNorm ? h : x) + Branch(h, pass);
    }

    /// <summary>What is added to the residual, where another part stands beside this one.</summary>
    internal Tensor Beside(Tensor x, StackPass pass) => Branch(norm!.Forward(x), pass);

    private Tensor Branch(Tensor h, StackPass pass)
    {
        h = Autocast.Cast(h); // Once for all maps that read it, and their gradients' sum once back.
        var y = Compute(h, pass);
        foreach (var update in Updates)
            y = update.Forward(this, h, y);
        return pass.Drop(inner is null ? y : inner.Forward(y));
    }

    private protected abstract Tensor Compute(Tensor h, StackPass pass);
}
