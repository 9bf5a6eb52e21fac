using System.Runtime.InteropServices;
using TaskDsl.Torch.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace TaskDsl.Gpu;

/// <summary>
/// The most memory that this process has taken on its device. libtorch keeps what it has once taken of a GPU, so that what is missing
/// there at the end is the most; who else takes or frees memory meanwhile falsifies it.
/// </summary>
/// <param name="device">The device.</param>
internal sealed class DeviceMemory(Device device)
{
    private readonly long before = Used(device);

    /// <summary>In bytes; of the CPU the whole process, of a GPU what came since this object.</summary>
    public long Most => device.type == DeviceType.CUDA ? Used(device) - before : MachineMemory.Most() ?? 0;

    private static long Used(Device device)
    {
        if (device.type != DeviceType.CUDA || CudaGpus.Runtime() is not { } runtime)
            return 0;
        zeros(1, device: device).Dispose(); // The context, which is there from now on.
        // It is asked of this thread's own device, which stays.
        _ = Marshal.GetDelegateForFunctionPointer<SetDevice>(NativeLibrary.GetExport(runtime, "cudaSetDevice"))(Math.Max(0, device.index));
        cuda.synchronize(device);
        var ask = Marshal.GetDelegateForFunctionPointer<MemGetInfo>(NativeLibrary.GetExport(runtime, "cudaMemGetInfo"));
        return ask(out var free, out var total) == 0 ? (long)(total - free) : 0;
    }

    private delegate int SetDevice(int device);

    private delegate int MemGetInfo(out nuint free, out nuint total);
}
