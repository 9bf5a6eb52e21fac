using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TaskDsl.Torch.Native;

/// <summary>
/// TorchSharp hands a number to libtorch in a native object (even <c>a + b</c> makes one), and forgets it once its address is read. A
/// collection that comes while libtorch computes then frees the number under it: an error that nothing explains, another number, or the
/// end of the process. Here its finaliser frees it some seconds later.
/// </summary>
internal static unsafe class NumberMemory
{
    /// <summary>Longer than any operation takes to read its numbers, however busy the machine is.</summary>
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(5);

    private static readonly Lock Gate = new();
    private static List<nint> fresh = [],
        old = [];
    private static long turned = Stopwatch.GetTimestamp();

    /// <summary>The function of the shim that frees a number.</summary>
    public static ReadOnlySpan<byte> Function => "THSTorch_dispose_scalar"u8;

    /// <summary>What stands in its place.</summary>
    public static nint Address => (nint)(delegate* unmanaged[Cdecl]<nint, void>)&Free;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Free(nint number)
    {
        lock (Gate)
        {
            fresh.Add(number);
            if (Stopwatch.GetElapsedTime(turned) < Wait)
                return;
            foreach (var gone in old)
                LibTorch.Delete((void*)gone);
            old.Clear();
            (fresh, old, turned) = (old, fresh, Stopwatch.GetTimestamp()); // Each waits for a whole period at least.
        }
    }
}
