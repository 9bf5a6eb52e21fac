using ZstdSharp;

namespace TaskDsl.Data.Files;

/// <summary>What comes out of a decompressor. What is wrong with it is said with the place; what was read can be put back once.</summary>
/// <param name="compression">Its name, for messages.</param>
/// <param name="read">Reads what is decompressed.</param>
/// <param name="owned">The decompressor.</param>
internal sealed class DecompressedStream(string compression, Func<Memory<byte>, CancellationToken, ValueTask<int>> read, IDisposable owned)
    : ReadOnlyStream
{
    private ReadOnlyMemory<byte> head;
    private long position;

    public static DecompressedStream Gzip(Stream compressed)
    {
        var members = new GzipMembers(compressed);
        return new DecompressedStream("gzip", members.ReadAsync, members);
    }

    public static DecompressedStream Zstd(Stream compressed)
    {
        var frames = new DecompressionStream(compressed, checkEndOfStream: true, leaveOpen: false);
        return new DecompressedStream("Zstandard", frames.ReadAsync, frames);
    }

    /// <summary>Puts back what was read from the beginning.</summary>
    public void Unread(ReadOnlyMemory<byte> bytes) => head = bytes;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!head.IsEmpty)
        {
            var count = Math.Min(buffer.Length, head.Length);
            head.Span[..count].CopyTo(buffer.Span);
            head = head[count..];
            return count;
        }

        try
        {
            var count = await read(buffer, cancellationToken).ConfigureAwait(false);
            position += count;
            return count;
        }
        catch (Exception e) when (e is InvalidDataException or ZstdException or EndOfStreamException)
        {
            throw new IOException(
                $"the {compression} data is damaged or cut off behind byte {position} of what it holds; copy or download the file again.",
                e
            );
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            owned.Dispose();
        base.Dispose(disposing);
    }
}
