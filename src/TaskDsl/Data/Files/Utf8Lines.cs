using System.Buffers;
using System.Runtime.CompilerServices;

namespace TaskDsl.Data.Files;

/// <summary>The lines of a stream as bytes, without their ends (LF or CRLF) and without a byte order mark.</summary>
internal static class Utf8Lines
{
    private const int LongestLine = 256 * 1024 * 1024;

    /// <summary>Reads the lines; each is valid until the next is asked for. Numbers count from 1.</summary>
    public static async IAsyncEnumerable<(ReadOnlyMemory<byte> Line, long Number)> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 16);
        try
        {
            int start = 0, end = 0;
            long number = 0;
            var atStart = true;
            while (true)
            {
                var newline = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
                if (newline >= 0)
                {
                    yield return (Trim(buffer.AsMemory(start, newline)), ++number);
                    start += newline + 1;
                    continue;
                }

                if (start > 0)
                {
                    Buffer.BlockCopy(buffer, start, buffer, 0, end - start);
                    (start, end) = (0, end - start);
                }

                if (end == buffer.Length)
                {
                    if (end >= LongestLine) throw new IOException($"line {number + 1} is longer than {LongestLine >> 20} MiB. Is this really a file of lines?");
                    var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
                    buffer.AsSpan(0, end).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }

                var read = await stream.ReadAsync(buffer.AsMemory(end), cancellationToken).ConfigureAwait(false);
                if (read == 0)
                {
                    if (end > 0) yield return (Trim(buffer.AsMemory(0, end)), ++number);
                    yield break;
                }

                end += read;
                if (atStart && end >= 3)
                {
                    if (buffer.AsSpan(0, 3).SequenceEqual("\uFEFF"u8)) start = 3;
                    atStart = false;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static ReadOnlyMemory<byte> Trim(ReadOnlyMemory<byte> line) => line.Length > 0 && line.Span[^1] == (byte)'\r' ? line[..^1] : line;
}
