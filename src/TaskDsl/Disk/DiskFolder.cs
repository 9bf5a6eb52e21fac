using System.Runtime.InteropServices;

namespace TaskDsl.Disk;

/// <summary>What .NET has no call for: a folder's own entries on the disk.</summary>
internal static partial class DiskFolder
{
    private const int ReadOnly = 0;

    /// <summary>
    /// Flushes the names in a folder: a file that was renamed into it has that name after a power cut too. Windows writes names through
    /// its journal and needs no such call.
    /// </summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        var handle = Open(folder, ReadOnly);
        if (handle < 0)
            throw Failed();
        try
        {
            // Some network file systems flush names by themselves and know no such call (EINVAL).
            if (Sync(handle) != 0 && Marshal.GetLastPInvokeError() != 22)
                throw Failed();
        }
        finally
        {
            _ = Close(handle);
        }

        IOException Failed() =>
            new($"{Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())} : '{folder}'", Marshal.GetLastPInvokeError());
    }

    /// <summary>Creates a folder where it is not there, and flushes its name.</summary>
    public static void Create(string folder)
    {
        if (Directory.Exists(folder))
            return;
        Directory.CreateDirectory(folder);
        Flush(Path.GetDirectoryName(folder)!);
    }

    /// <summary>Flushes the files in a folder, then their names.</summary>
    public static void FlushFiles(string folder)
    {
        foreach (var path in Directory.GetFiles(folder))
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
            RandomAccess.FlushToDisk(file);
        }

        Flush(folder);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int handle);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int handle);
}
