using System.Globalization;
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

    /// <summary>Its version; null where it is not known: TorchSharp's own loader did the work, or nothing is loaded yet.</summary>
    public static LibTorchVersion? Version => NativeLoader.Version;

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
    /// <param name="elsewhere">Whether a GPU that is named may be another machine's, to be planned for.</param>
    /// <exception cref="ArgumentException">The name is none of these.</exception>
    /// <exception cref="MisfitException">The machine has no such device.</exception>
    public static torch.Device Device(string name, bool elsewhere = false)
    {
        Initialize();
        if (name == "cpu")
            return torch.CPU;
        if (name == "auto")
            return Gpus.Count > 0 ? new torch.Device(DeviceType.CUDA, 0) : torch.CPU;
        if (GpuOf(name) is not { } index)
            throw new ArgumentException($"'{name}' is not a device; expected auto, cpu, cuda or cuda:n.", nameof(name));
        if (!elsewhere && Gpus.Count == 0)
            throw new MisfitException($"device '{name}': {NoGpu(Gpus.IsBuilt)} Or use device: cpu.");
        if (!elsewhere && index >= Gpus.Count)
            throw new MisfitException(
                $"device '{name}': this machine has "
                    + $"{(Gpus.Count == 1 ? "one GPU, cuda:0" : $"{Gpus.Count} GPUs, cuda:0 to cuda:{Gpus.Count - 1}")}."
            );
        return new torch.Device(DeviceType.CUDA, index);
    }

    /// <summary>Whether a text names a device, of this machine or another.</summary>
    public static bool IsDevice(string name) => name is "auto" or "cpu" || GpuOf(name) is not null;

    private static int? GpuOf(string name) =>
        name == "cuda" ? 0
        : name.StartsWith("cuda:", StringComparison.Ordinal)
        && int.TryParse(name.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? index
        : null;

    /// <summary>
    /// Whether GPUs multiply float32 numbers as TF32 (factors of 10 bits behind the point, sums in float32): several times as fast, and
    /// within about a thousandth. A run sets it as its recipe says; processors never do. Default: true.
    /// </summary>
    public static bool Tf32
    {
        get => Gpus.Tf32;
        set => Gpus.Tf32 = value;
    }

    /// <summary>Sets <see cref="Tf32"/> until what is returned is disposed.</summary>
    internal static IDisposable UseTf32(bool on)
    {
        var before = Tf32;
        Tf32 = on;
        return new Restored(() => Tf32 = before);
    }

    private sealed class Restored(Action restore) : IDisposable
    {
        public void Dispose() => restore();
    }

    /// <summary>Why there is no GPU to compute on, and what to do.</summary>
    /// <param name="built">Whether libtorch is a build for GPUs.</param>
    internal static string NoGpu(bool built) =>
        built
            ? $"libtorch in '{Folder}' is a CUDA build, and finds no GPU: its driver is not loaded or too old, or "
                + "CUDA_VISIBLE_DEVICES hides the cards (the verb doctor says which)."
            : $"libtorch in '{Folder}' is a build for the CPU. Set TASKDSL_LIBTORCH to the lib folder of a CUDA build of libtorch "
                + "2.10 or 2.11.";

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
    /// Whether operations must give the same bits each time; one that cannot is reported on standard error. Set it before the first
    /// operation on a GPU. Default: false.
    /// </summary>
    public static bool Deterministic
    {
        get;
        set
        {
            Initialize();
            if (value)
                NativeLoader.SetVariable("CUBLAS_WORKSPACE_CONFIG", ":4096:8"); // Else cuBLAS may sum in another order each time.
            LibTorch.SetDeterministic(value);
            field = value;
        }
    }
}
