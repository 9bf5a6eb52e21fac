using System.IO.Compression;

namespace TaskDsl.Data.Files;

/// <summary>
/// Decompresses gzip and notices where it is cut off, which <see cref="GZipStream"/> does not: a member of known content is put behind the
/// file's last. Only where the file is whole does it come out again.
/// </summary>
internal sealed class GzipMembers : IDisposable
{
    private static readonly byte[] Seal = [.. "the end of the file"u8];
    private static readonly byte[] SealMember = Compress(Seal);

    private readonly GZipStream gzip;
    private readonly byte[] held = new byte[1 << 16];
    private int start;
    private int end;

    public GzipMembers(Stream compressed) => gzip = new GZipStream(new Sealed(compressed), CompressionMode.Decompress);

    /// <summary>Reads some bytes; 0 at the end.</summary>
    /// <exception cref="InvalidDataException">The data is damaged or cut off.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (end - start <= Seal.Length)
        {
            held.AsSpan(start, end - start).CopyTo(held);
            (start, end) = (0, end - start);
            var read = await gzip.ReadAsync(held.AsMemory(end), cancellationToken).ConfigureAwait(false);
            if (read == 0)
                return held.AsSpan(0, end).SequenceEqual(Seal) ? 0 : throw new InvalidDataException("the end is missing");
            end += read;
        }

        var count = Math.Min(buffer.Length, end - start - Seal.Length);
        held.AsSpan(start, count).CopyTo(buffer.Span);
        start += count;
        return count;
    }

    public void Dispose() => gzip.Dispose();

    private static byte[] Compress(byte[] bytes)
    {
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return memory.ToArray();
    }

    private sealed class Sealed(Stream inner) : ReadOnlyStream
    {
        private int sealedBytes;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (sealedBytes == 0 && await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var read)
                return read;
            var count = Math.Min(buffer.Length, SealMember.Length - sealedBytes);
            SealMember.AsSpan(sealedBytes, count).CopyTo(buffer.Span);
            sealedBytes += count;
            return count;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
