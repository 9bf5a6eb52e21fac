using static TorchSharp.torch;

namespace TaskDsl.Torch.Models.Layers;

/// <summary>One layer: attention, attention to an encoder where there is one, and feed-forward.</summary>
internal sealed class Block
{
    private readonly bool parallel;
    private readonly int? window;

    public Block(StackShape shape, int layer, ParameterSource make)
    {
        (parallel, window) = (shape.Parallel, shape.Window(layer));
        Parts =
        [
            new Attention(shape, layer, cross: false, make),
            .. shape.CrossAttention is null ? Array.Empty<Sublayer>() : [new Attention(shape, layer, cross: true, make)],
            new FeedForward(shape, layer, make),
        ];
    }

    public IReadOnlyList<Sublayer> Parts { get; }

    public Tensor Forward(Tensor x, StackPass pass)
    {
        if (parallel)
            return Parts.Aggregate(x, (sum, part) => sum + part.Beside(x, pass));
        foreach (var part in Parts)
            x = part.Forward(x, pass);
        return x;
    }

    /// <summary>The same, without keeping what the backward needs: it is computed again there.</summary>
    public Tensor Checkpointed(Tensor x, StackPass pass) =>
        Native.Checkpointed.Run(tensors => Forward(tensors[0]!, pass.With(tensors.AsSpan(1), window)), [x, .. pass.Tensors(window)]);
}
