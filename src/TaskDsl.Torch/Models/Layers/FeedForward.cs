using static TorchSharp.torch;

namespace TaskDsl.Torch.Models.Layers;

/// <summary>The feed-forward network: out to a wider space and back, with or without a gate (arXiv 2002.05202).</summary>
internal sealed class FeedForward : Sublayer
{
    private readonly Activation activation;
    private readonly LinearLayer? gate;
    private readonly LinearLayer up,
        down;
    private readonly bool fused;

    public FeedForward(StackShape shape, int layer, ParameterSource make)
        : base(
            shape,
            layer,
            SublayerKind.FeedForward,
            Name(shape, layer, shape.FeedForward.Norm),
            Name(shape, layer, shape.FeedForward.InnerNorm),
            make
        )
    {
        var names = shape.FeedForward;
        (activation, fused) = (shape.Activation, names.Fused is not null);
        long hidden = shape.HiddenSize,
            inner = shape.FeedForwardSize;
        if (names.Gate is not null)
            gate = Linear([Site.Gate], names.Gate, inner, hidden);
        up = fused ? Linear([Site.Gate, Site.Up], names.Fused!, 2 * inner, hidden) : Linear([Site.Up], names.Up, inner, hidden);
        down = Linear([Site.Down], names.Down, hidden, inner);

        LinearLayer Linear(Site[] sites, string name, long to, long from) =>
            new(layer, sites, shape.Layer(layer) + name, to, from, shape.FeedForwardBias, shape.Transposed, make);
    }

    public override IEnumerable<LinearLayer> LinearLayers => gate is null ? [up, down] : [gate, up, down];

    private protected override Tensor Compute(Tensor h, StackPass pass)
    {
        if (gate is not null)
            return down.Forward(activation.Apply(gate.Forward(h)) * up.Forward(h));
        var wide = up.Forward(h); // [batch, sequence, inner], or [batch, sequence, 2 · inner] where the gate is in it
        if (!fused)
            return down.Forward(activation.Apply(wide));
        var inner = wide.size(-1) / 2;
        return down.Forward(activation.Apply(wide.narrow(-1, 0, inner)) * wide.narrow(-1, inner, inner)); // [batch, sequence, hidden]
    }

    private static string? Name(StackShape shape, int layer, string? name) => name is null ? null : shape.Layer(layer) + name;
}
