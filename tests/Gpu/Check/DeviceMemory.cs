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
        if (device.type != DeviceType.CUDA)
            return 0;
        zeros(1, device: device).Dispose(); // The context, which is there from now on.
        cuda.synchronize(device);
        return CudaGpus.Ask(Math.Max(0, device.index)) is var (free, all) ? all - free : 0;
    }
}
