using System.Runtime.InteropServices;
using System.Text;

namespace TaskDsl.Torch.Native;

/// <summary>What NVIDIA's driver says, whether libtorch can use it or not. Nothing is computed, and no memory taken.</summary>
/// <param name="Cuda">The newest CUDA that it serves.</param>
/// <param name="Cards">The cards that it shows this process.</param>
/// <param name="Error">CUDA's number of the error that it starts with; 0 = none.</param>
public sealed record GpuDriver(Version? Cuda, IReadOnlyList<GpuCard> Cards, int Error = 0)
{
    private const int CapabilityMajor = 75,
        CapabilityMinor = 76,
        NoDevice = 100;

    /// <summary>Whether it starts; one that has no card to show does.</summary>
    public bool Starts => Error is 0 or NoDevice;

    /// <summary>Why it shows no card; null where it does.</summary>
    public string? Trouble =>
        !Starts ? $"it does not start (CUDA error {Error})"
        : Cards.Count == 0 ? "it shows no card"
        : null;

    /// <summary>Asks it; null where none is installed. Not tried yet: no GPU was at hand.</summary>
    public static GpuDriver? Find()
    {
        if (!NativeLibrary.TryLoad("libcuda.so.1", out var driver))
            return null;
        // It says so also where it does not start: a driver that is too old is told from one that is broken.
        var cuda = Get<Count>(driver, "cuDriverGetVersion")(out var version) == 0 ? VersionOf(version) : null;
        if (Get<Start>(driver, "cuInit")(0) is not 0 and var error)
            return new(cuda, [], error);
        if (Get<Count>(driver, "cuDeviceGetCount")(out var count) != 0)
            count = 0;
        return new(cuda, [.. Enumerable.Range(0, count).Select(Card)]);

        GpuCard Card(int number)
        {
            _ = Get<Open>(driver, "cuDeviceGet")(out var card, number);
            var name = new byte[256];
            _ = Get<Name>(driver, "cuDeviceGetName")(name, name.Length, card);
            _ = Get<Size>(driver, "cuDeviceTotalMem_v2")(out var bytes, card);
            var attribute = Get<Attribute>(driver, "cuDeviceGetAttribute");
            _ = attribute(out var major, CapabilityMajor, card);
            _ = attribute(out var minor, CapabilityMinor, card);
            return new(Encoding.UTF8.GetString(name).TrimEnd('\0'), (long)bytes, new(major, minor));
        }
    }

    /// <summary>The CUDA that libtorch was built with, by the runtime that it has loaded; null where it has none.</summary>
    internal static Version? OfLibTorch() =>
        CudaGpus.Runtime() is { } runtime && Get<Count>(runtime, "cudaRuntimeGetVersion")(out var version) == 0 ? VersionOf(version) : null;

    /// <summary>12080 is 12.8.</summary>
    internal static Version VersionOf(int number) => new(number / 1000, number % 1000 / 10);

    private static T Get<T>(nint library, string name) => Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(library, name));

    private delegate int Start(uint flags);

    private delegate int Count(out int count);

    private delegate int Open(out int card, int number);

    private delegate int Name(byte[] text, int size, int card);

    private delegate int Size(out nuint bytes, int card);

    private delegate int Attribute(out int value, int attribute, int card);
}
