using static TorchSharp.torch;

namespace TaskDsl.Torch.Native;

/// <summary>
/// The operations that a model needs and TorchSharp's API lacks, checked before they reach libtorch. Each has a twin made of plain
/// operations, in <see cref="PlainOps"/>, to which its tests hold it.
/// </summary>
public static partial class Ops
{
    /// <summary>Root-mean-square normalisation over the last dimension (Zhang and Sennrich, arXiv 1910.07467).</summary>
    /// <param name="x"><c>[…, size]</c>.</param>
    /// <param name="weight"><c>[size]</c>.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <returns><c>[…, size]</c>, computed and given in the weight's numbers.</returns>
    public static Tensor RmsNorm(Tensor x, Tensor weight, double epsilon)
    {
        Check(
            x.dim() >= 1 && weight.dim() == 1 && weight.size(0) == x.size(-1),
            $"rms_norm needs a weight of x's last size, not x {Shape(x)} and weight {Shape(weight)}."
        );
        TorchRuntime.Initialize();
        if (x.dtype != weight.dtype)
            x = x.to(weight.dtype); // There is no fused operator for two kinds of numbers.
        if (RmsNormKernel.Fits(x, weight))
        {
            if (is_grad_enabled())
                return RmsNormKernel.apply(x, weight, epsilon);
            using var inverse = empty(x.numel() / x.size(-1)); // Held until the kernel, which knows its address only, is done.
            return RmsNormKernel.Forward(x, weight, epsilon, inverse);
        }

        return new OperatorCall(stackalloc ulong[16])
            .Add(x)
            .Add([x.size(-1)])
            .Add(weight, optional: true)
            .Add(epsilon, optional: true)
            .Tensor("aten::rms_norm");
    }

    /// <summary>A linear map, <c>x · weightᵀ + bias</c>.</summary>
    /// <param name="x"><c>[…, inputs]</c>.</param>
    /// <param name="weight"><c>[outputs, inputs]</c>.</param>
    /// <param name="bias"><c>[outputs]</c>; null = none.</param>
    /// <returns><c>[…, outputs]</c>.</returns>
    public static Tensor Linear(Tensor x, Tensor weight, Tensor? bias = null)
    {
        Check(
            x.dim() >= 1
                && weight.dim() == 2
                && weight.size(1) == x.size(-1)
                && (bias is null || (bias.dim() == 1 && bias.size(0) == weight.size(0))),
            $"linear: x {Shape(x)} does not fit weight {Shape(weight)}{(bias is null ? "" : $" and bias {Shape(bias)}")}."
        );
        TorchRuntime.Initialize();
        if (!LinearKernel.Fits(x, weight))
            return PlainOps.Linear(x, weight, bias);
        return is_grad_enabled() && (x.requires_grad || weight.requires_grad || bias?.requires_grad == true)
            ? LinearKernel.apply(x, weight, bias!)
            : LinearKernel.Product(x, weight, bias);
    }

    /// <summary>The product <c>a · bᵀ</c>, without a graph. Both may be views that are turned round.</summary>
    /// <param name="a"><c>[rows, inner]</c>.</param>
    /// <param name="b"><c>[columns, inner]</c>.</param>
    /// <returns><c>[rows, columns]</c>.</returns>
    internal static Tensor Product(Tensor a, Tensor b) => LinearKernel.Fits(a, b) ? LinearKernel.Product(a, b) : a.mm(b.t());

    /// <summary>
    /// Turns pairs of numbers by an angle that depends on the position (Su et al., arXiv 2104.09864): i with i + size / 2.
    /// </summary>
    /// <param name="x"><c>[batch, sequence, heads, head]</c>, head even.</param>
    /// <param name="cosine">float32 <c>[batch or 1, sequence, 1, head]</c>; the second half repeats the first.</param>
    /// <param name="sine">The same shape.</param>
    /// <returns>The shape and the numbers of x.</returns>
    public static Tensor Rotate(Tensor x, Tensor cosine, Tensor sine)
    {
        Check(x.dim() == 4 && x.size(3) % 2 == 0, $"rotary positions need [batch, sequence, heads, even head], not {Shape(x)}.");
        Check(
            cosine.dim() == 4
                && (cosine.size(0) == 1 || cosine.size(0) == x.size(0))
                && cosine.size(1) == x.size(1)
                && cosine.size(2) == 1
                && cosine.size(3) == x.size(3)
                && sine.shape.AsSpan().SequenceEqual(cosine.shape),
            $"rotary positions: angles {Shape(cosine)} do not fit {Shape(x)}."
        );
        TorchRuntime.Initialize();
        if (x is { device_type: TorchSharp.DeviceType.CPU, dtype: ScalarType.Float32 } && !RotateKernel.Fits(x, cosine, sine))
            return PlainOps.Rotate(x, cosine, sine);
        return is_grad_enabled() ? Rotation.apply(x, cosine, sine) : Rotation.Turn(x, cosine, sine);
    }

    /// <summary>The product of two tensors, written into a third in its numbers; without a graph.</summary>
    internal static Tensor ProductInto(Tensor result, Tensor a, Tensor b)
    {
        new OperatorCall(stackalloc ulong[16]).Add(a).Add(b).Add(result).Tensor("aten::mul", "out").Dispose(); // Another handle to it.
        return result;
    }

    /// <summary>Scaled dot-product attention, also with fewer key and value heads than query heads.</summary>
    /// <param name="query"><c>[batch, heads, queries, head]</c>.</param>
    /// <param name="key">
    /// <c>[batch, key-value heads, keys, head]</c>; heads is a multiple of key-value heads, each of which serves a run of neighbouring
    /// heads.
    /// </param>
    /// <param name="value"><c>[batch, key-value heads, keys, head]</c>.</param>
    /// <param name="mask">
    /// Broadcastable to <c>[batch, heads, queries, keys]</c>: bool (true = may be seen) or a number that is added to the scores.
    /// </param>
    /// <param name="causal">Whether query i sees keys 0…i only; needs as many queries as keys, and no mask.</param>
    /// <param name="scale">Multiplies the scores. Default: 1 / √size.</param>
    /// <returns><c>[batch, heads, queries, head]</c>.</returns>
    public static Tensor Attention(Tensor query, Tensor key, Tensor value, Tensor? mask = null, bool causal = false, double? scale = null)
    {
        CheckAttention(query, key, value, mask, causal);
        TorchRuntime.Initialize();
        using var scope = NewDisposeScope();
        // Of libtorch 2.10's fused kernels flash alone takes grouped heads, which takes neither a mask nor float32.
        if (query.device_type == TorchSharp.DeviceType.CUDA && (mask is not null || IsWide(query)))
            (key, value) = Ungrouped(query, key, value);
        if (query.dtype == ScalarType.Float64 && mask?.dtype == ScalarType.Float32)
            mask = mask.to(ScalarType.Float64); // The fused kernel lets float32 pass, and reads it as float64.
        var numbers = Autocast.Current(query.device) ?? query.dtype;
        if (AttentionKernel.Fits(query, key, value, mask, numbers))
            return InFloat32Backwards(query.to(numbers), key.to(numbers), value.to(numbers), mask, causal, scale).MoveToOuterDisposeScope();
        return new OperatorCall(stackalloc ulong[16])
            .Add(query)
            .Add(key)
            .Add(value)
            .Add(mask, optional: true)
            .Add(0.0) // dropout_p
            .Add(causal)
            .Add(scale, optional: true)
            .Add(query.size(1) != key.size(1)) // enable_gqa
            .Tensor("aten::scaled_dot_product_attention")
            .MoveToOuterDisposeScope();
    }

    private static Tensor InFloat32Backwards(Tensor query, Tensor key, Tensor value, Tensor? mask, bool causal, double? scale)
    {
        (key, value) = Ungrouped(query, key, value);
        if (mask?.dtype == ScalarType.Bool)
            mask = zeros(mask.shape, query.dtype, mask.device).masked_fill(mask.logical_not(), double.NegativeInfinity);
        return AttentionKernel.apply(query, key, value, mask?.to(query.dtype)!, causal, scale!);
    }

    /// <summary>Whether products with it are computed in float32.</summary>
    private static bool IsWide(Tensor x) => x.dtype == ScalarType.Float32 && Autocast.Current(x.device) is null;

    /// <summary>Keys and values with a head for each of the query's: those of a group are the same.</summary>
    /// <returns><c>[batch, heads, keys, head]</c>, both.</returns>
    internal static (Tensor Key, Tensor Value) Ungrouped(Tensor query, Tensor key, Tensor value)
    {
        var group = query.size(1) / key.size(1);
        return group == 1 ? (key, value) : (key.repeat_interleave(group, 1), value.repeat_interleave(group, 1));
    }

    /// <summary>The rows of a table.</summary>
    /// <param name="table"><c>[rows, size]</c>.</param>
    /// <param name="ids">int64, any shape, each in [0, rows); not checked here, because that would wait for the device.</param>
    /// <returns><c>[…ids, size]</c>.</returns>
    public static Tensor Embedding(Tensor table, Tensor ids)
    {
        Check(table.dim() == 2, $"embedding needs a table [rows, size], not {Shape(table)}.");
        Check(ids.dtype == ScalarType.Int64, $"embedding needs int64 ids, not {ids.dtype}.");
        TorchRuntime.Initialize();
        // No padding_idx and no scale_grad_by_freq.
        return new OperatorCall(stackalloc ulong[16])
            .Add(table)
            .Add(ids)
            .Add(-1L)
            .Add(false)
            .Add(AddsRows(table, ids))
            .Tensor("aten::embedding");
    }

    /// <summary>
    /// Whether the gradient is made of the rows that were looked up, and not of a whole table of zeros: where that would be far larger, and
    /// libtorch has a plain gradient to add rows to (that of a flat buffer), which then stays where it is. A gradient from elsewhere, as
    /// that of a tied head, is added to the rows first: the sum is plain.
    /// </summary>
    /// <remarks>
    /// It must be there until the backward pass: taken away in between (<c>grad = null</c>), the table would get a sparse one, which
    /// <c>autograd.grad</c> returns too.
    /// </remarks>
    private static bool AddsRows(Tensor table, Tensor ids)
    {
        if (!is_grad_enabled() || !table.requires_grad || !table.is_leaf || table.device_type != TorchSharp.DeviceType.CPU)
            return false;
        using var gradient = table.grad;
        return gradient is { is_sparse: false } && table.size(0) >= 16 * ids.numel();
    }

    /// <inheritdoc cref="PlainOps.CrossEntropy"/>
    internal static Tensor CrossEntropy(Tensor scores, Tensor targets, Tensor weights, bool graded)
    {
        Check(
            scores.dim() == 2
                && targets.dtype == ScalarType.Int64
                && weights.dtype == ScalarType.Float32
                && targets.numel() == scores.size(0)
                && weights.numel() == scores.size(0),
            $"cross-entropy: targets {targets.dtype} {Shape(targets)} and weights {weights.dtype} {Shape(weights)} do not fit "
                + $"scores {Shape(scores)}."
        );
        TorchRuntime.Initialize();
        return CrossEntropyKernel.Fits(scores, targets, weights)
            ? CrossEntropyKernel.Run(scores, targets, weights, graded)
            : PlainOps.CrossEntropy(scores, targets, weights, graded);
    }

    internal static void CheckAttention(Tensor query, Tensor key, Tensor value, Tensor? mask, bool causal)
    {
        Check(
            query.dim() == 4 && key.dim() == 4 && value.dim() == 4,
            $"attention needs [batch, heads, sequence, head], not query {Shape(query)}, key {Shape(key)}, value {Shape(value)}."
        );
        Check(
            key.size(1) == value.size(1) && key.size(2) == value.size(2),
            $"attention needs as many keys as values, not key {Shape(key)} and value {Shape(value)}."
        );
        Check(
            query.size(0) == key.size(0) && query.size(0) == value.size(0) && query.size(3) == key.size(3),
            $"attention: query {Shape(query)} does not fit key {Shape(key)} and value {Shape(value)}."
        );
        Check(query.size(1) % key.size(1) == 0, $"attention: {query.size(1)} heads are no multiple of {key.size(1)} key heads.");
        Check(!causal || mask is null, "attention is either causal or has a mask.");
        Check(
            !causal || query.size(2) == key.size(2),
            $"causal attention needs as many queries as keys, not {query.size(2)} and {key.size(2)}."
        );
    }

    internal static string Shape(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";

    private static void Check(bool holds, string otherwise)
    {
        if (!holds)
            throw new ArgumentException(otherwise);
    }
}
