using System.Runtime.InteropServices;

namespace TaskDsl.Torch.Native;

/// <summary>
/// What malloc keeps of the memory that steps free, in pieces too small for the next tensor: over some dozen steps it would come to more
/// than a step takes. For glibc; elsewhere it does nothing.
/// </summary>
internal sealed partial class FreedMemory
{
    /// <summary>How much may gather, of the most that the process had by the end of the first step.</summary>
    private const double Enough = 1.25;

    private long? most;

    /// <summary>
    /// Gives it back after the first step, and then whenever much has gathered again. Not after every step: pages that are given back have
    /// to be taken again, which takes a tenth of a step and more. Call it between steps.
    /// </summary>
    public void Return()
    {
        if (!OperatingSystem.IsLinux() || MachineMemory.InUse() < Enough * most)
            return;
        most ??= MachineMemory.Most();
        _ = Trim(0);
    }

    [LibraryImport("libc.so.6", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint pad);
}
