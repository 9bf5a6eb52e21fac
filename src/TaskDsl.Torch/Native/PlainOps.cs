using static TorchSharp.torch;

namespace TaskDsl.Torch.Native;

/// <summary>The twins of <see cref="Ops"/>, made of TorchSharp's plain operations: slower, the same numbers.</summary>
public static partial class PlainOps
{
    /// <inheritdoc cref="Ops.RmsNorm"/>
    public static Tensor RmsNorm(Tensor x, Tensor weight, double epsilon)
    {
        using var scope = NewDisposeScope();
        return (x * rsqrt(x.square().mean([-1L], true) + epsilon) * weight).MoveToOuterDisposeScope();
    }

    /// <inheritdoc cref="Ops.Rotate"/>
    public static Tensor Rotate(Tensor x, Tensor cosine, Tensor sine)
    {
        using var scope = NewDisposeScope();
        var half = x.size(3) / 2;
        var turned = cat([x.narrow(3, half, half).neg(), x.narrow(3, 0, half)], 3);
        return (x * cosine + turned * sine).MoveToOuterDisposeScope();
    }

    /// <inheritdoc cref="Ops.Attention"/>
    public static Tensor Attention(Tensor query, Tensor key, Tensor value, Tensor? mask = null, bool causal = false, double? scale = null)
    {
        Ops.CheckAttention(query, key, value, mask, causal);
        using var scope = NewDisposeScope();
        var group = query.size(1) / key.size(1);
        if (group > 1) (key, value) = (key.repeat_interleave(group, 1), value.repeat_interleave(group, 1));
        var scores = query.matmul(key.transpose(2, 3)) * (scale ?? 1 / Math.Sqrt(query.size(3)));
        if (causal) mask = ones(query.size(2), key.size(2), dtype: ScalarType.Bool, device: query.device).tril();
        if (mask is not null) scores = mask.dtype == ScalarType.Bool ? scores.masked_fill(mask.logical_not(), double.NegativeInfinity) : scores + mask;
        return softmax(scores, -1).matmul(value).MoveToOuterDisposeScope();
    }

    /// <inheritdoc cref="Ops.Embedding"/>
    public static Tensor Embedding(Tensor table, Tensor ids)
    {
        using var scope = NewDisposeScope();
        return table.index_select(0, ids.flatten()).view([.. ids.shape, table.size(1)]).MoveToOuterDisposeScope();
    }
}
