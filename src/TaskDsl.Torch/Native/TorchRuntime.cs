using TorchSharp;

namespace TaskDsl.Torch.Native;

/// <summary>
/// libtorch as this process uses it: where it is loaded from, the device, the threads, determinism. Loading is lazy (the module's
/// initialiser only installs the hooks of <see cref="NativeLoader"/>), so a program that never computes never pays for it.
/// </summary>
public static class TorchRuntime
{
    private static readonly Lock Gate = new();
    private static bool ready;

    /// <summary>The folder that libtorch was loaded from; empty where TorchSharp's own loader does the work.</summary>
    public static string Folder => NativeLoader.Folder;

    /// <summary>
    /// Loads libtorch, once. Every entry point of this assembly calls it; a program that uses TorchSharp directly calls it first.
    /// </summary>
    /// <exception cref="DllNotFoundException">libtorch is missing or does not load; the text says what to do.</exception>
    public static void Initialize()
    {
        if (Volatile.Read(ref ready))
            return;
        lock (Gate)
        {
            if (ready)
                return;
            NativeLoader.Load();
            torch.TryInitializeDeviceType(DeviceType.CPU);
            Volatile.Write(ref ready, true);
        }
    }

    /// <summary>The device of a name.</summary>
    /// <param name="name">
    /// <c>auto</c> (the first GPU that libtorch can use, else the CPU), <c>cpu</c>, <c>cuda</c> or <c>cuda:n</c>.
    /// </param>
    /// <exception cref="ArgumentException">The name is none of these, or the machine has no such device.</exception>
    public static torch.Device Device(string name)
    {
        Initialize();
        if (name == "cpu")
            return torch.CPU;
        var cuda = Gpus.Count;
        if (name == "auto")
            return cuda > 0 ? torch.device(DeviceType.CUDA, 0) : torch.CPU;
        var index = 0;
        if (
            name != "cuda"
            && (!name.StartsWith("cuda:", StringComparison.Ordinal) || !int.TryParse(name.AsSpan(5), out index) || index < 0)
        )
            throw new ArgumentException($"'{name}' is not a device; expected auto, cpu, cuda or cuda:n.", nameof(name));
        if (cuda == 0)
            throw new ArgumentException(
                $"device '{name}': libtorch in '{Folder}' sees no GPU. Set TASKDSL_LIBTORCH to the lib folder of a CUDA build of "
                    + "libtorch 2.10 or 2.11, or use device: cpu.",
                nameof(name)
            );
        if (index >= cuda)
            throw new ArgumentException($"device '{name}': this machine has {cuda} GPU(s), numbered from 0.", nameof(name));
        return torch.device(DeviceType.CUDA, index);
    }

    /// <summary>The GPUs that devices are resolved to.</summary>
    internal static IGpus Gpus { get; set; } = new CudaGpus();

    /// <summary>How many threads one operation uses, in the whole process.</summary>
    public static int Threads
    {
        get
        {
            Initialize();
            return torch.get_num_threads();
        }
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            Initialize();
            torch.set_num_threads(value);
        }
    }

    /// <summary>
    /// Whether operations must give the same bits each time; one that cannot is reported on standard error. Default: false.
    /// </summary>
    public static bool Deterministic
    {
        get;
        set
        {
            Initialize();
            LibTorch.SetDeterministic(value);
            field = value;
        }
    }
}
