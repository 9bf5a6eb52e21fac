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

    /// <inheritdoc cref="Ops.Linear"/>
    public static Tensor Linear(Tensor x, Tensor weight, Tensor? bias = null) => nn.functional.linear(x, weight, bias);

    /// <inheritdoc cref="Ops.Rotate"/>
    public static Tensor Rotate(Tensor x, Tensor cosine, Tensor sine)
    {
        using var scope = NewDisposeScope();
        var half = x.size(3) / 2;
        // The paper turns neighbours, 2i with 2i + 1. Hugging Face's checkpoints are stored for halves, and are followed.
        var turned = cat([x.narrow(3, half, half).neg(), x.narrow(3, 0, half)], 3); // [batch, sequence, heads, head]
        return (x * cosine + turned * sine).MoveToOuterDisposeScope();
    }

    /// <inheritdoc cref="Ops.Attention"/>
    public static Tensor Attention(Tensor query, Tensor key, Tensor value, Tensor? mask = null, bool causal = false, double? scale = null)
    {
        Ops.CheckAttention(query, key, value, mask, causal);
        using var scope = NewDisposeScope();
        (key, value) = Ops.Ungrouped(query, key, value); // [batch, heads, keys, head]
        // [batch, heads, queries, keys]
        var scores = query.matmul(key.transpose(2, 3)) * (scale ?? 1 / Math.Sqrt(query.size(3)));
        if (causal)
            mask = ones(query.size(2), key.size(2), dtype: ScalarType.Bool, device: query.device).tril();
        if (mask is not null)
            scores = mask.dtype == ScalarType.Bool ? scores.masked_fill(mask.logical_not(), double.NegativeInfinity) : scores + mask;
        return softmax(scores, -1).matmul(value).MoveToOuterDisposeScope();
    }

    /// <inheritdoc cref="Ops.Embedding"/>
    public static Tensor Embedding(Tensor table, Tensor ids)
    {
        using var scope = NewDisposeScope();
        return table.index_select(0, ids.flatten()).view([.. ids.shape, table.size(1)]).MoveToOuterDisposeScope(); // […ids, size]
    }

    /// <summary>The weighted cross-entropy of rows of scores.</summary>
    /// <param name="scores"><c>[rows, vocabulary]</c>; overwritten.</param>
    /// <param name="targets">int64 <c>[rows]</c>.</param>
    /// <param name="weights">float32 <c>[rows]</c>: how much each row's term counts.</param>
    /// <param name="graded">Whether the scores become their gradient.</param>
    /// <returns>The sum, a float64 scalar.</returns>
    internal static Tensor CrossEntropy(Tensor scores, Tensor targets, Tensor weights, bool graded)
    {
        using var scope = NewDisposeScope();
        // [rows, vocabulary], [rows, 1], [rows, 1]
        var (exact, target, weight) = (scores.to(ScalarType.Float32), targets.unsqueeze(1), weights.unsqueeze(1));
        var normaliser = exact.logsumexp(1, keepdim: true);
        var sum = ((normaliser - exact.gather(1, target)) * weight).sum(ScalarType.Float64);
        if (!graded)
            return sum.MoveToOuterDisposeScope();
        // The probabilities, less one at the target, times the weight.
        var gradient = exact.sub_(normaliser).exp_(); // Scores in float32 are overwritten here, others at the end.
        gradient.scatter_add_(1, target, full(target.shape, -1f, device: scores.device));
        gradient.mul_(weight);
        if (scores.dtype != ScalarType.Float32)
            scores.copy_(gradient);
        return sum.MoveToOuterDisposeScope();
    }
}
