using System.Runtime.Intrinsics.X86;
using TorchSharp;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Native;

/// <summary>
/// A linear map in float32 by oneDNN, forward and backward. libtorch gives such products to MKL, which uses half the width of AVX-512 on
/// processors that are not Intel's; oneDNN, a part of libtorch too, is about twice as fast there. Its twin is
/// <see cref="PlainOps.Linear"/>.
/// </summary>
internal sealed class LinearKernel : GuardedFunction<LinearKernel>
{
    /// <summary>Fewer rows do not pay for laying the weight out anew.</summary>
    private const long FewestRows = 128;

    /// <summary>Smaller products do not pay for the call: about 50 microseconds.</summary>
    private const long FewestProducts = 1 << 22;

    /// <summary>Whether oneDNN is the faster of the two on this processor.</summary>
    public static bool IsFaster { get; } = Avx512F.IsSupported && !IsIntel;

    private static bool IsIntel => X86Base.CpuId(0, 0) is (_, 0x756e6547, 0x6c65746e, 0x49656e69); // "Genu", "ntel", "ineI"

    /// <summary>Whether oneDNN is the faster way to <c>a · bᵀ</c>.</summary>
    /// <param name="a"><c>[…, inner]</c>.</param>
    /// <param name="b"><c>[columns, inner]</c>.</param>
    public static bool Fits(Tensor a, Tensor b)
    {
        if (
            !IsFaster
            || a.dtype != ScalarType.Float32
            || b.dtype != ScalarType.Float32
            || a.device_type != DeviceType.CPU
            || b.device_type != DeviceType.CPU
            || b.dim() != 2
        )
            return false;
        var rows = a.numel() / Math.Max(1, a.size(-1));
        return rows >= FewestRows && rows * b.numel() >= FewestProducts && Autocast.Current(CPU) is null;
    }

    /// <summary><c>a · bᵀ</c>, and a bias added to each row; without a graph. Both may be views that are turned round.</summary>
    public static Tensor Product(Tensor a, Tensor b, Tensor? bias = null) =>
        new OperatorCall(stackalloc ulong[16])
            .Add(a)
            .Add(b)
            .Add(bias, optional: true)
            .Add("none") // Nothing is fused behind it,
            .Add(ReadOnlySpan<Tensor>.Empty) // so that has no numbers
            .Add(null, optional: true) // and no variant.
            .Tensor("mkldnn::_linear_pointwise");

    /// <summary>A weight <c>[out, in]</c> laid out for <see cref="Product"/> and nothing else: its memory is oneDNN's own.</summary>
    public static Tensor Pack(Tensor weight) =>
        new OperatorCall(stackalloc ulong[16]).Add(weight).Add((long?)null, optional: true).Tensor("mkldnn::_reorder_linear_weight");

    protected override Tensor Compute(autograd.AutogradContext context, ReadOnlySpan<object?> inputs)
    {
        var (x, weight, bias) = ((Tensor)inputs[0]!, (Tensor)inputs[1]!, (Tensor?)inputs[2]);
        context.save_data("wanted", (x.requires_grad, weight.requires_grad, bias?.requires_grad == true));
        context.save_for_backward([x, weight]);
        return Product(x, weight, bias);
    }

    protected override Tensor?[] Differentiate(autograd.AutogradContext context, Tensor gradient)
    {
        var saved = context.get_saved_variables();
        var (x, weight) = (saved[0], saved[1]);
        var (forX, forWeight, forBias) = ((bool, bool, bool))context.get_data("wanted");
        var rows = gradient.reshape(-1, gradient.size(-1)); // [rows, out]
        return
        [
            forX ? Product(rows, weight.t()).view(x.shape) : null, // […, in]
            forWeight ? Product(rows.t(), x.reshape(-1, x.size(-1)).t()) : null, // [out, in]
            forBias ? rows.sum([0L]) : null, // [out]
        ];
    }
}
