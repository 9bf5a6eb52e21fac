using TorchSharp;

namespace TaskDsl.Torch.Native;

/// <summary>
/// While it lives, matrix products and attention on this thread compute in bfloat16 or float16 and everything else in float32; gradients of
/// float32 weights stay float32. End it before <c>backward</c>. Dispose it on the thread that made it.
/// </summary>
public sealed class Autocast : IDisposable
{
    private readonly sbyte device;
    private readonly byte before;
    private readonly sbyte typeBefore;
    private bool ended;

    private Autocast(torch.Device on, torch.ScalarType type)
    {
        TorchRuntime.Initialize();
        device = (sbyte)on.type;
        before = LibTorch.IsAutocast(device);
        typeBefore = LibTorch.AutocastType(device);
        LibTorch.SetAutocastType(device, (sbyte)type);
        LibTorch.SetAutocast(device, 1);
        _ = LibTorch.EnterAutocast();
    }

    /// <summary>Begins bfloat16 on a device.</summary>
    public static Autocast BFloat16(torch.Device device) => new(device, torch.ScalarType.BFloat16);

    /// <summary>Begins float16 on a device.</summary>
    public static Autocast Float16(torch.Device device) => new(device, torch.ScalarType.Float16);

    /// <summary>What matrix products on this thread compute in now, to be begun again later; null = in their own numbers.</summary>
    /// <remarks>Of other devices libtorch must not be asked: that would end the process.</remarks>
    internal static torch.ScalarType? Current(torch.Device device) =>
        device.type is DeviceType.CPU or DeviceType.CUDA && LibTorch.IsAutocast((sbyte)device.type) != 0
            ? (torch.ScalarType)LibTorch.AutocastType((sbyte)device.type)
            : null;

    /// <summary>
    /// What matrix products on this thread make of float32 before they compute, so that several that read one tensor share it; other
    /// numbers as they are.
    /// </summary>
    internal static torch.Tensor Cast(torch.Tensor x) =>
        x.dtype == torch.ScalarType.Float32 && Current(x.device) is { } type ? x.to(type) : x;

    internal static Autocast? Begin(torch.Device device, torch.ScalarType? type) => type is { } numbers ? new(device, numbers) : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (ended)
            return;
        ended = true;
        // The outermost lets go of the weights' 16-bit copies: the next step changes the weights.
        if (LibTorch.LeaveAutocast() == 0)
            LibTorch.ClearAutocastCache();
        LibTorch.SetAutocast(device, before);
        LibTorch.SetAutocastType(device, typeBefore);
    }
}
