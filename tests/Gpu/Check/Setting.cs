using TaskDsl.Torch.Native;
using TaskDsl.Torch.Recipes;
using static TorchSharp.torch;

namespace TaskDsl.Gpu;

/// <summary>What a step computes with.</summary>
/// <param name="Device">Where.</param>
/// <param name="Precision">In which numbers.</param>
/// <param name="Size">How large the models are that are measured.</param>
internal sealed record Setting(Device Device, Precision Precision, ModelSize Size)
{
    /// <summary>Whether matrix products and attention compute in 16 bits.</summary>
    public bool Is16Bit => Precision != Precision.Float32;

    /// <summary>The 16 bits; null = float32.</summary>
    public ScalarType? Numbers =>
        Precision switch
        {
            Precision.BFloat16 => ScalarType.BFloat16,
            Precision.Float16 => ScalarType.Float16,
            _ => null,
        };

    /// <summary>While it lives, this thread computes in the setting's numbers.</summary>
    public Autocast? Compute() => Autocast.Begin(Device, Numbers);

    /// <summary>Waits until the device has done all that it was given.</summary>
    public void Wait()
    {
        if (Device.type == TorchSharp.DeviceType.CUDA)
            cuda.synchronize(Device);
    }
}
