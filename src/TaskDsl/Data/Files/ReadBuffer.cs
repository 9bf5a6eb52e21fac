using System.Buffers;

namespace TaskDsl.Data.Files;

/// <summary>
/// What has been read of a UTF-8 stream and not been consumed yet, in one piece, without a byte order mark. It grows to what its reader
/// does not consume.
/// </summary>
internal sealed class ReadBuffer(Stream stream) : IDisposable
{
    /// <summary>The most that may be held, in bytes: less than the longest text that JSON is written with here (166 million).</summary>
    public const int Limit = 128 * 1024 * 1024;

    private byte[] bytes = ArrayPool<byte>.Shared.Rent(1 << 16);
    private int start;
    private int end;
    private bool begun;

    /// <summary>Valid until the next <see cref="FillAsync"/>.</summary>
    public ReadOnlyMemory<byte> Unread => bytes.AsMemory(start, end - start);

    /// <summary>Whether the stream has ended: there is nothing behind <see cref="Unread"/>.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Whether <see cref="Limit"/> is reached, so that no more can be read before some is consumed.</summary>
    public bool IsFull => Unread.Length >= Limit;

    public void Consume(int count) => start += count;

    /// <summary>Reads more: as much again as is unread, so that who looks at all of it each time looks at each byte few times.</summary>
    public async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        if (start > 0)
        {
            Buffer.BlockCopy(bytes, start, bytes, 0, end - start);
            (start, end) = (0, end - start);
        }

        if (end == bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(bytes.Length * 2);
            bytes.AsSpan(0, end).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(bytes);
            bytes = larger;
        }

        var least = Math.Min(Math.Max(end, Mark.Length), bytes.Length - end); // All of the mark, where there is one.
        var read = await stream
            .ReadAtLeastAsync(bytes.AsMemory(end), least, throwOnEndOfStream: false, cancellationToken)
            .ConfigureAwait(false);
        IsWhole = read < least;
        end += read;
        if (!begun && bytes.AsSpan(0, end).StartsWith(Mark))
            start = Mark.Length;
        begun = true;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(bytes);

    private static ReadOnlySpan<byte> Mark => "\uFEFF"u8;
}
