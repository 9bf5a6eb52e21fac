using System.Numerics;
using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Native;

/// <summary>What the kernels share: float32 on the CPU, in vectors as wide as the machine's, on libtorch's own threads.</summary>
internal static unsafe class Simd
{
    /// <summary>Numbers per vector.</summary>
    public static int Width => Vector<float>.Count;

    /// <summary>Whether a kernel can take a tensor whose last dimension is cut into parts of a size.</summary>
    public static bool Fits(Tensor tensor, long size) =>
        tensor.dtype == ScalarType.Float32
        && tensor.device_type == DeviceType.CPU
        && size > 0
        && size % Width == 0
        && tensor.is_contiguous();

    /// <summary>
    /// Runs a body over parts of a range, each thread one part, and waits for all: the context may lie on the caller's stack. No exception
    /// may leave the body.
    /// </summary>
    public static void For(long count, long grain, delegate* unmanaged[Cdecl]<long, long, void*, void> body, void* context)
    {
        if (LibTorch.ParallelFor(0, count, grain, body, context) != 0)
            throw new InvalidOperationException("libtorch could not run a parallel loop.");
    }

    public static float* Data(Tensor tensor) => (float*)TensorMemory.Pointer(tensor);

    /// <summary>
    /// e to the power of numbers up to 88, to two units in the last place; below −87 as at −87 (the polynomial of Cephes).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Exp(Vector<float> x)
    {
        x = Vector.Max(x, new Vector<float>(-87.3f));
        var power = Vector.Floor(Vector.FusedMultiplyAdd(x, new Vector<float>(1.44269504f), new Vector<float>(0.5f)));
        // ln 2 in two parts, the first short enough that its products are exact.
        var rest = Vector.FusedMultiplyAdd(
            power,
            new Vector<float>(2.12194440e-4f),
            Vector.FusedMultiplyAdd(power, new Vector<float>(-0.693359375f), x)
        );
        var sum = new Vector<float>(1.9875691500e-4f);
        sum = Vector.FusedMultiplyAdd(sum, rest, new Vector<float>(1.3981999507e-3f));
        sum = Vector.FusedMultiplyAdd(sum, rest, new Vector<float>(8.3334519073e-3f));
        sum = Vector.FusedMultiplyAdd(sum, rest, new Vector<float>(4.1665795894e-2f));
        sum = Vector.FusedMultiplyAdd(sum, rest, new Vector<float>(1.6666665459e-1f));
        sum = Vector.FusedMultiplyAdd(sum, rest, new Vector<float>(5.0000001201e-1f));
        sum = Vector.FusedMultiplyAdd(sum, rest * rest, rest + Vector<float>.One);
        // 2 to the power, by the bits of its exponent.
        return sum * Vector.AsVectorSingle((Vector.ConvertToInt32(power) + new Vector<int>(127)) << 23);
    }
}
