using TorchSharp;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Native;

/// <summary>
/// Attention in 16 bits on the CPU whose gradients are computed in float32. Backward, libtorch's own kernel sets up a product of oneDNN's
/// for each block of each head; of short sequences that takes ten times as long as the product. Its twin is
/// <see cref="PlainOps.Attention"/>.
/// </summary>
internal sealed class AttentionKernel : GuardedFunction<AttentionKernel>
{
    /// <summary>Of longer sequences the products themselves weigh more.</summary>
    private const long Longest = 512;

    /// <summary>Whether this is the faster way; the numbers are those that it computes in.</summary>
    public static bool Fits(Tensor query, Tensor key, Tensor value, Tensor? mask, ScalarType numbers) =>
        numbers is ScalarType.BFloat16 or ScalarType.Float16
        && query.device_type == DeviceType.CPU
        && is_grad_enabled()
        && (query.requires_grad || key.requires_grad || value.requires_grad)
        && mask?.requires_grad != true
        && query.size(3) == value.size(3)
        && query.size(2) is > 0 and <= Longest
        && key.size(2) is > 0 and <= Longest;

    /// <param name="context">What is kept.</param>
    /// <param name="inputs">
    /// Query, key and value in 16 bits, with as many heads each; a mask of numbers or null; whether it is causal; the scale or null.
    /// </param>
    protected override Tensor Compute(autograd.AutogradContext context, ReadOnlySpan<object?> inputs)
    {
        var (query, key, value, mask) = ((Tensor)inputs[0]!, (Tensor)inputs[1]!, (Tensor)inputs[2]!, (Tensor?)inputs[3]);
        var (causal, scale) = ((bool)inputs[4]!, (double?)inputs[5]);
        var results = new OperatorCall(stackalloc ulong[16])
            .Add(query)
            .Add(key)
            .Add(value)
            .Add(0.0) // dropout_p
            .Add(causal)
            .Add(mask, optional: true)
            .Add(scale, optional: true)
            .Tensors("aten::_scaled_dot_product_flash_attention_for_cpu", 2);
        context.save_data("causal, scale", (causal, scale));
        context.save_for_backward(mask is null ? [query, key, value, .. results] : [query, key, value, .. results, mask]);
        return results[0];
    }

    protected override Tensor?[] Differentiate(autograd.AutogradContext context, Tensor gradient)
    {
        var saved = context.get_saved_variables();
        var (causal, scale) = ((bool, double?))context.get_data("causal, scale");
        var gradients = new OperatorCall(stackalloc ulong[16])
            .Add(gradient.to(ScalarType.Float32))
            .Add(saved[0].to(ScalarType.Float32)) // query
            .Add(saved[1].to(ScalarType.Float32)) // key
            .Add(saved[2].to(ScalarType.Float32)) // value
            .Add(saved[3].to(ScalarType.Float32)) // result
            .Add(saved[4]) // The logarithm of each query's sum, float32 as it is: [batch, heads, queries].
            .Add(0.0) // dropout_p
            .Add(causal)
            .Add(saved.Count > 5 ? saved[5].to(ScalarType.Float32) : null, optional: true)
            .Add(scale, optional: true)
            .Tensors("aten::_scaled_dot_product_flash_attention_for_cpu_backward", 3);
        return [.. gradients.Select(g => g.to(saved[0].dtype)), null, null, null];
    }
}
