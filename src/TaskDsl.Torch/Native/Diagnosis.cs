namespace TaskDsl.Torch.Native;

/// <summary>What this machine computes with, and what stands in the way. It is made even where nothing computes.</summary>
public sealed record Diagnosis
{
    /// <summary>Why libtorch does not load; null where it does.</summary>
    public string? Trouble { get; init; }

    /// <summary>Where libtorch lies.</summary>
    public string Folder { get; init; } = "";

    /// <summary>Who named the folder.</summary>
    public string Source { get; init; } = "";

    /// <summary>Its version; null where it is not known.</summary>
    public LibTorchVersion? Version { get; init; }

    /// <summary>Whether it is a build for GPUs.</summary>
    public bool IsCudaBuild { get; init; }

    /// <summary>The CUDA that it was built with; null where it has none, or does not say.</summary>
    public Version? Cuda { get; init; }

    /// <summary>How many GPUs it computes on.</summary>
    public int Gpus { get; init; }

    /// <summary>What the driver says; null where none is installed.</summary>
    public GpuDriver? Driver { get; init; }

    /// <summary>Looks at this machine.</summary>
    public static Diagnosis OfThisMachine()
    {
        var driver = GpuDriver.Find();
        try
        {
            TorchRuntime.Initialize();
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            return new() { Trouble = e.Message, Driver = driver };
        }

        return new()
        {
            Folder = NativeLoader.Folder,
            Source = NativeLoader.Source,
            Version = NativeLoader.Version,
            IsCudaBuild = TorchRuntime.Gpus.IsBuilt,
            Cuda = TorchRuntime.Gpus.IsBuilt ? GpuDriver.OfLibTorch() : null,
            Gpus = TorchRuntime.Gpus.Count,
            Driver = driver,
        };
    }

    /// <summary>What keeps libtorch from computing as it was chosen to; null where nothing does.</summary>
    public string? Fault =>
        this switch
        {
            { Trouble: { } trouble } => trouble,
            { IsCudaBuild: false } or { Gpus: > 0 } => null,
            { Driver: null } =>
                "libtorch is a CUDA build, and no driver is installed (libcuda.so.1 is not found): install NVIDIA's driver, or start the "
                    + "container with the cards (docker run --gpus all). Until then everything runs on the CPU.",
            { Driver.Cuda: { } serves, Cuda: { } needs } when serves.Major < needs.Major =>
                $"the driver is too old: it serves CUDA {serves}, and this libtorch is built with {needs}. Update the driver, or take a "
                    + $"libtorch built with CUDA {serves.Major}. Until then everything runs on the CPU.",
            { Driver: { Starts: false, Error: var error } } =>
                $"libtorch is a CUDA build, and NVIDIA's driver does not start (CUDA error {error}). Often its kernel module and "
                    + "libcuda.so.1 are of two versions after an update (nvidia-smi says so): start the machine anew. In a container the "
                    + "host's driver counts. Until then everything runs on the CPU.",
            { Driver.Trouble: { } trouble } =>
                $"libtorch is a CUDA build, and the driver has no card for it: {trouble}. CUDA_VISIBLE_DEVICES may hide them, or "
                    + "the container was not given them. Until then everything runs on the CPU.",
            _ => "libtorch is a CUDA build, and sees none of the driver's cards: it may be built for others (their compute capability is "
                + "above). Until then everything runs on the CPU.",
        };

    /// <summary>What would be gained; null where nothing is idle.</summary>
    public string? Advice =>
        this is { Trouble: null, IsCudaBuild: false, Driver.Cards: [var card, ..] }
            ? $"{card.Name} is idle: this libtorch is a build for the CPU. Set TASKDSL_LIBTORCH to the lib folder of a CUDA build "
                + "of libtorch 2.10 or 2.11."
            : null;
}
