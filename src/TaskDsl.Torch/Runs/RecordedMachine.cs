using System.Runtime.InteropServices;
using TaskDsl.Torch.Native;
using TorchSharp;

namespace TaskDsl.Torch.Runs;

/// <summary>Where a run was computed.</summary>
public sealed record RecordedMachine
{
    /// <summary>The model's device.</summary>
    public string? Device { get; init; }

    /// <summary>Whether it multiplied float32 numbers as TF32; left out for a processor, which never does.</summary>
    public bool? Tf32 { get; init; }

    /// <summary>The operating system.</summary>
    public string? System { get; init; }

    /// <summary>The processor's name: libtorch has other code for each kind.</summary>
    public string? Processor { get; init; }

    /// <summary>Its cores.</summary>
    public int Cores { get; init; }

    /// <summary>How many of them one operation uses: sums are taken part by part, one part per thread.</summary>
    public int Threads { get; init; }

    internal static RecordedMachine Now(torch.Device device) =>
        new()
        {
            Device = device.ToString(),
            Tf32 = device.type == DeviceType.CUDA ? TorchRuntime.Tf32 : null,
            System = RuntimeInformation.OSDescription,
            Processor = Native.Processor.Name,
            Cores = Environment.ProcessorCount,
            Threads = TorchRuntime.Threads,
        };
}
