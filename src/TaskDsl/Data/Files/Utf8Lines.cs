using System.Runtime.CompilerServices;

namespace TaskDsl.Data.Files;

/// <summary>The lines of a stream as bytes, without their ends (LF or CRLF) and without a byte order mark.</summary>
internal static class Utf8Lines
{
    /// <summary>Reads the lines; each is valid until the next is asked for. Numbers count from 1.</summary>
    public static async IAsyncEnumerable<(ReadOnlyMemory<byte> Line, long Number)> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var buffer = new ReadBuffer(stream);
        var number = 0L;
        while (true)
        {
            var unread = buffer.Unread;
            var newline = unread.Span.IndexOf((byte)'\n');
            if (newline >= 0)
            {
                yield return (Trim(unread[..newline]), ++number);
                buffer.Consume(newline + 1);
            }
            else if (buffer.IsWhole)
            {
                if (unread.Length > 0) yield return (Trim(unread), ++number);
                yield break;
            }
            else if (buffer.IsFull)
            {
                throw new IOException($"line {number + 1} is longer than {ReadBuffer.Limit >> 20} MiB. Is this really a file of lines?");
            }
            else
            {
                await buffer.FillAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static ReadOnlyMemory<byte> Trim(ReadOnlyMemory<byte> line) => line.Length > 0 && line.Span[^1] == (byte)'\r' ? line[..^1] : line;
}
