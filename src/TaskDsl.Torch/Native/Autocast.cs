using TorchSharp;

namespace TaskDsl.Torch.Native;

/// <summary>
/// While it lives, matrix products and attention on this thread compute in bfloat16 and everything else in float32; gradients of
/// float32 weights stay float32. End it before <c>backward</c>. Dispose it on the thread that made it.
/// </summary>
public sealed class Autocast : IDisposable
{
    private readonly sbyte device;
    private readonly byte before;
    private readonly sbyte typeBefore;
    private bool ended;

    private Autocast(DeviceType type)
    {
        device = (sbyte)type;
        before = LibTorch.IsAutocast(device);
        typeBefore = LibTorch.AutocastType(device);
        LibTorch.SetAutocastType(device, (sbyte)torch.ScalarType.BFloat16);
        LibTorch.SetAutocast(device, 1);
        _ = LibTorch.EnterAutocast();
    }

    /// <summary>Begins bfloat16 on a device.</summary>
    public static Autocast BFloat16(torch.Device device)
    {
        TorchRuntime.Initialize();
        return new Autocast(device.type);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (ended) return;
        ended = true;
        if (LibTorch.LeaveAutocast() == 0) LibTorch.ClearAutocastCache();
        LibTorch.SetAutocast(device, before);
        LibTorch.SetAutocastType(device, typeBefore);
    }
}
