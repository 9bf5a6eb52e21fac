using TorchSharp;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Native;

/// <summary>
/// Numbers of the host as tensors of a device. To a GPU they go through pinned memory, and nobody waits for the copy but what follows on
/// the GPU: from other memory each copy would wait until the GPU has done all that was asked of it before.
/// </summary>
public static class FromHost
{
    /// <summary>int64.</summary>
    public static Tensor Tensor(ReadOnlySpan<long> values, ReadOnlySpan<long> shape, Device device) =>
        Send(tensor(values.ToArray(), shape), device);

    /// <summary>int64 <c>[values]</c>.</summary>
    public static Tensor Tensor(long[] values, Device device) => Send(tensor(values), device);

    /// <summary>int32 <c>[values]</c>.</summary>
    public static Tensor Tensor(int[] values, Device device) => Send(tensor(values), device);

    /// <summary>float32.</summary>
    public static Tensor Tensor(float[] values, ReadOnlySpan<long> shape, Device device) => Send(tensor(values, shape), device);

    /// <summary>float32 <c>[values]</c>.</summary>
    public static Tensor Tensor(float[] values, Device device) => Send(tensor(values), device);

    /// <summary>bool.</summary>
    public static Tensor Tensor(bool[] values, ReadOnlySpan<long> shape, Device device) => Send(tensor(values, shape), device);

    private static Tensor Send(Tensor host, Device device)
    {
        if (device.type == DeviceType.CPU)
            return host;
        using var made = host;
        if (device.type != DeviceType.CUDA)
            return host.to(device);
        using var pinned = host.pin_memory(); // libtorch gives it back when the copy is done.
        return pinned.to(device, non_blocking: true);
    }
}
