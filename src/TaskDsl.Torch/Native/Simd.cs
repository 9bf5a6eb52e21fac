using System.Numerics;
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
        tensor.dtype == ScalarType.Float32 && tensor.device_type == DeviceType.CPU && size % Width == 0 && tensor.is_contiguous();

    /// <summary>Runs a body over parts of a range, each thread one part.</summary>
    public static void For(long count, long grain, delegate* unmanaged[Cdecl]<long, long, void*, void> body, void* context)
    {
        if (LibTorch.ParallelFor(0, count, grain, body, context) != 0) throw new InvalidOperationException("libtorch could not run a parallel loop.");
    }

    public static float* Data(Tensor tensor) => (float*)TensorMemory.Pointer(tensor);
}
