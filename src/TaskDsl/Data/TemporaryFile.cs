namespace TaskDsl.Data;

/// <summary>
/// Bytes that are written once, one behind the other, and read from any place. The file lies in the folder for temporary files
/// (<c>TMPDIR</c>) and is gone when this is disposed or the process ends, however it ends. Reading is safe from several threads.
/// </summary>
/// <remarks>Read by offset rather than mapped: pages of a mapped file count as the process's memory.</remarks>
internal sealed class TemporaryFile : IDisposable
{
    private readonly FileStream file;
    private readonly byte[] pending = new byte[1 << 16];
    private long flushed;

    /// <summary>Makes one.</summary>
    /// <exception cref="DataException">The folder takes none.</exception>
    public TemporaryFile()
    {
        var path = Path.Combine(Path.GetTempPath(), $"taskdsl-{Guid.NewGuid():n}.tmp");
        try
        {
            file = new FileStream(
                path,
                FileMode.CreateNew,
                FileAccess.ReadWrite,
                FileShare.Delete,
                bufferSize: 0,
                FileOptions.DeleteOnClose
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(e);
        }

        if (!OperatingSystem.IsWindows())
            File.Delete(path); // The open file stays, and no kill leaves it behind.
    }

    /// <summary>Bytes so far.</summary>
    public long Length { get; private set; }

    /// <summary>Writes behind what is there.</summary>
    /// <exception cref="DataException">The disk is full.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        var count = (int)(Length - flushed);
        if (bytes.Length > pending.Length - count)
        {
            Flush();
            count = 0;
        }

        if (bytes.Length > pending.Length)
            Write(bytes);
        else
            bytes.CopyTo(pending.AsSpan(count));
        Length += bytes.Length;
    }

    /// <summary>Fills a span with what stands at an offset.</summary>
    public void Read(long offset, Span<byte> bytes)
    {
        if (offset + bytes.Length > flushed)
            lock (pending)
                Flush(); // Whoever comes second finds nothing left to do.
        while (bytes.Length > 0)
        {
            var read = RandomAccess.Read(file.SafeFileHandle, bytes, offset);
            if (read == 0)
                throw new EndOfStreamException($"A temporary file of {Length} bytes ends at {offset}.");
            offset += read;
            bytes = bytes[read..];
        }
    }

    public void Dispose() => file.Dispose();

    private void Flush()
    {
        if (Length > flushed)
            Write(pending.AsSpan(0, (int)(Length - flushed)));
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(file.SafeFileHandle, bytes, flushed);
            flushed += bytes.Length;
        }
        catch (IOException e)
        {
            throw Unwritable(e);
        }
    }

    private static DataException Unwritable(Exception e) =>
        new($"{Path.GetTempPath()}: the examples cannot be written there ({e.Message}). Set TMPDIR to a folder that has room for them.", e);
}
