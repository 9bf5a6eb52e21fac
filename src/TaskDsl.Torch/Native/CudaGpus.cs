using System.Runtime.InteropServices;
using TorchSharp;

namespace TaskDsl.Torch.Native;

/// <summary>The GPUs that libtorch sees. A process that never asks for one loads no driver.</summary>
internal sealed class CudaGpus : IGpus
{
    private readonly Dictionary<int, long?> free = [];
    private int? count;

    public bool IsBuilt => NativeLoader.HasCuda;

    public int Count
    {
        get
        {
            if (count is { } known)
                return known;
            count =
                NativeLoader.HasCuda && torch.TryInitializeDeviceType(DeviceType.CUDA) && torch.cuda.is_available()
                    ? torch.cuda.device_count()
                    : 0;
            Multiply(Tf32);
            return count.Value;
        }
    }

    /// <summary>libtorch's own default is not to.</summary>
    public bool Tf32
    {
        get;
        set
        {
            field = value;
            Multiply(value);
        }
    } = true;

    private void Multiply(bool tf32)
    {
        if (count > 0) // The switch is one of the whole process, and of processors' libraries too: without a GPU it is left alone.
            (torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32) = (tf32, tf32);
    }

    public void Seed(long seed)
    {
        // Of all: a backward runs on a thread of its own, whose current GPU is not the caller's.
        if (count > 0)
            torch.cuda.manual_seed_all(seed);
    }

    /// <summary>
    /// Asks the CUDA runtime that libtorch has loaded, once a process: what the process takes afterwards is its own, and libtorch keeps it
    /// for the next run. Not tried yet: no GPU was at hand.
    /// </summary>
    public long? Free(int index)
    {
        if (!free.TryGetValue(index, out var known))
            free.Add(index, known = Ask(index)?.Free);
        return known;
    }

    /// <summary>The free bytes of a GPU, now, and all that it has; null where it does not say.</summary>
    internal static (long Free, long All)? Ask(int index)
    {
        if (Runtime() is not { } runtime)
            return null;
        var current = Marshal.GetDelegateForFunctionPointer<GetDevice>(NativeLibrary.GetExport(runtime, "cudaGetDevice"));
        var set = Marshal.GetDelegateForFunctionPointer<SetDevice>(NativeLibrary.GetExport(runtime, "cudaSetDevice"));
        var ask = Marshal.GetDelegateForFunctionPointer<MemGetInfo>(NativeLibrary.GetExport(runtime, "cudaMemGetInfo"));
        if (current(out var before) != 0 || set(Math.Max(0, index)) != 0)
            return null;
        (long, long)? memory = ask(out var free, out var all) == 0 ? ((long)free, (long)all) : null;
        _ = set(before); // What follows on this thread computes where it did.
        return memory;
    }

    /// <summary>The one that is loaded; another one beside it would have to find the GPU anew.</summary>
    internal static nint? Runtime()
    {
        string[] names = ["libcudart.so.13", "libcudart.so.12"];
        if (names.Select(NativeLoader.Loaded).FirstOrDefault(handle => handle != 0) is var loaded and not 0)
            return loaded;
        foreach (var name in (string[])[.. names, "libcudart.so"])
            if (NativeLibrary.TryLoad(name, out var library))
                return library;
        return null;
    }

    private delegate int GetDevice(out int device);

    private delegate int SetDevice(int device);

    private delegate int MemGetInfo(out nuint free, out nuint total);
}
