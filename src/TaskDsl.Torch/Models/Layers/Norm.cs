using TaskDsl.Torch.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Models.Layers;

/// <summary>How a normalisation divides.</summary>
internal enum NormKind
{
    /// <summary>By the root of the mean square (arXiv 1910.07467).</summary>
    Rms,

    /// <summary>The same, with a weight that counts from 1 (Gemma).</summary>
    RmsFromOne,

    /// <summary>By the standard deviation, after the mean is taken away (arXiv 1607.06450).</summary>
    Layer,
}

/// <summary>A normalisation over the last dimension.</summary>
internal sealed class Norm
{
    private readonly NormKind kind;
    private readonly double epsilon;
    private readonly Parameter weight;
    private readonly Parameter? bias;

    public Norm(NormKind kind, double epsilon, string name, long size, ParameterSource make)
    {
        (this.kind, this.epsilon) = (kind, epsilon);
        weight = make($"{name}.weight", size);
        if (kind == NormKind.Layer)
            bias = make($"{name}.bias", size);
    }

    /// <param name="x"><c>[…, size]</c>.</param>
    public Tensor Forward(Tensor x) =>
        kind switch
        {
            NormKind.Rms => Ops.RmsNorm(x, weight, epsilon),
            NormKind.RmsFromOne => Ops.RmsNorm(x, weight + 1, epsilon),
            NormKind.Layer => nn.functional.layer_norm(x, weight.shape, weight, bias, epsilon),
            _ => throw new InvalidOperationException($"no normalisation {kind}"),
        };
}

/// <summary>Gives a model's weights by their names in Hugging Face's layout: read from a file, or drawn.</summary>
internal delegate Parameter ParameterSource(string name, params long[] shape);
