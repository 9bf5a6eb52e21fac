namespace TaskDsl.Disk;

/// <summary>Files that are there as a whole or not at all, whenever the process ends.</summary>
public static class AtomicFile
{
    /// <summary>Writes beside the file, flushes to the disk, then takes the file's place, and flushes its name too.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        var full = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        var beside = $"{full}.{Guid.NewGuid():n}.tmp";
        try
        {
            using (var stream = new FileStream(beside, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(beside, full, overwrite: true);
            DiskFolder.Flush(Path.GetDirectoryName(full)!);
        }
        catch
        {
            File.Delete(beside);
            throw;
        }
    }

    /// <summary>Writes text as UTF-8, in the same way.</summary>
    public static void WriteText(string path, string text) => Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));
}
