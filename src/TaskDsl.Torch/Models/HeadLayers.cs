using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Models;

/// <summary>A head's maps at work.</summary>
internal sealed class HeadLayers
{
    private readonly FamilyHead head;
    private readonly Parameter? dense,
        denseBias;
    private readonly Norm? norm;
    private readonly Tensor? bias;

    /// <summary>Makes or finds its weights.</summary>
    /// <param name="head">The head.</param>
    /// <param name="outputs">What the last map gives at each place.</param>
    /// <param name="stack">What it stands on.</param>
    /// <param name="make">Makes a weight of a name and a shape.</param>
    /// <param name="makeBuffer">Makes what is stored but not trained.</param>
    public HeadLayers(
        FamilyHead head,
        int outputs,
        Stack stack,
        Func<string, long[], Parameter> make,
        Func<string, long[], Tensor> makeBuffer
    )
    {
        this.head = head;
        var shape = head.Shape!;
        long width = stack.Shape.OutputSize;
        if (shape.Dense is not null)
        {
            long to = shape.DenseSize ?? width;
            (dense, denseBias) = (make($"{shape.Dense}.weight", [to, width]), make($"{shape.Dense}.bias", [to]));
            width = to;
        }

        if (shape.Norm is not null)
            norm = new Norm(NormKind.Layer, stack.Shape.NormEpsilon, shape.Norm, width, (name, size) => make(name, size));
        if (shape.Out is not null)
            Map = new LinearLayer(Site.Head, shape.Out, shape.Tied ? stack.Tokens.Weight : make($"{shape.Out}.weight", [outputs, width]));
        var biasName =
            shape.Tied ? shape.TiedBias
            : shape is { Out: not null, OutBias: true } ? $"{shape.Out}.bias"
            : null;
        if (biasName is not null)
            bias = make(biasName, [outputs]);
        if (shape.StoredBias is not null)
            bias = makeBuffer(shape.StoredBias, [1, outputs]).view(-1).DetachFromDisposeScope(); // [outputs]
    }

    /// <summary>The last map, without its bias; null = there is none.</summary>
    public LinearLayer? Map { get; }

    /// <summary>The last map as one weight, with what is tuned onto it.</summary>
    public VocabularyHead Output
    {
        get
        {
            var (matrix, added) = Map!.Updated.Merged;
            return Untuned with { Weight = matrix, Bias = added is null || bias is null ? added ?? bias : bias + added };
        }
    }

    private VocabularyHead Untuned => new(Map!.Weight, bias, head.Shape!.Cap, head.Shape.Scale);

    /// <summary>What stands before the last map: <c>[…, features]</c> of states <c>[…, hidden]</c>.</summary>
    public Tensor Features(Tensor states)
    {
        using var scope = NewDisposeScope();
        var x = states.alias();
        if (dense is not null)
            x = head.Shape!.Activation.Apply(Ops.Linear(x, dense, denseBias));
        if (norm is not null)
            x = norm.Forward(x);
        return x.MoveToOuterDisposeScope();
    }

    /// <summary>The scores of states.</summary>
    public Tensor Logits(Tensor states)
    {
        using var scope = NewDisposeScope();
        var x = Features(states);
        return head.Head.Scores(Map is null ? x : Untuned.Logits(x, Map)).MoveToOuterDisposeScope();
    }
}
