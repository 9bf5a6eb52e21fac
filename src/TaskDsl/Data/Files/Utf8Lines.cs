using System.Runtime.CompilerServices;

namespace TaskDsl.Data.Files;

/// <summary>The lines of a stream as bytes, without their ends (LF, CRLF or CR) and without a byte order mark.</summary>
internal static class Utf8Lines
{
    /// <summary>Reads the lines; each is valid until the next is asked for. Numbers count from 1.</summary>
    public static async IAsyncEnumerable<(ReadOnlyMemory<byte> Line, long Number)> ReadAsync(
        Stream stream,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var buffer = new ReadBuffer(stream);
        for (var number = 1L; ; number++)
        {
            int end;
            // A line feed may stand behind a carriage return, and be part of the same end.
            while (
                (end = buffer.Unread.Span.IndexOfAny((byte)'\n', (byte)'\r')) < 0
                || (end + 1 == buffer.Unread.Length && buffer.Unread.Span[end] == '\r')
            )
            {
                if (buffer.IsWhole)
                    break;
                if (buffer.IsFull)
                    throw new IOException($"line {number} is longer than {ReadBuffer.Limit >> 20} MiB. Is this really a file of lines?");
                await buffer.FillAsync(cancellationToken).ConfigureAwait(false);
            }

            var unread = buffer.Unread;
            if (unread.IsEmpty)
                yield break;
            if (end < 0)
                end = unread.Length;
            yield return (unread[..end], number);
            buffer.Consume(Math.Min(unread.Length, end + (unread.Span[end..].StartsWith("\r\n"u8) ? 2 : 1)));
        }
    }
}
