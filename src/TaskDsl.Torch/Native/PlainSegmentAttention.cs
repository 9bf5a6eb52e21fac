using static TorchSharp.torch;

namespace TaskDsl.Torch.Native;

/// <content>Attention within segments.</content>
public static partial class PlainOps
{
    /// <inheritdoc cref="Ops.SegmentAttention"/>
    internal static Tensor SegmentAttention(
        Tensor query,
        Tensor key,
        Tensor value,
        Segments segments,
        bool causal,
        int? window = null,
        double? scale = null
    )
    {
        using var scope = NewDisposeScope();
        var (at, parts) = (0L, new List<Tensor>());
        foreach (var length in segments.Lengths)
        {
            var mask = window < length ? Near(length) : null;
            var part = Ops.Attention(Part(query), Part(key), Part(value), mask, causal && mask is null, scale); // [1, heads, length, head]
            parts.Add(part.squeeze(0).transpose(0, 1));
            at += length;

            Tensor Part(Tensor x) => x.narrow(0, at, length).transpose(0, 1).unsqueeze(0);
        }

        return cat(parts, 0).MoveToOuterDisposeScope(); // [tokens, heads, head]

        // bool [length, length]
        Tensor Near(int length)
        {
            var places = arange(length, device: query.device);
            var distance = places.unsqueeze(1) - places.unsqueeze(0);
            var near = distance.abs().lt(window!.Value);
            return causal ? near.logical_and(distance.ge(0)) : near;
        }
    }
}
