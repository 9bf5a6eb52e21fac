namespace TaskDsl.Data.Files;

/// <summary>A stream that remembers the last bytes that were read from it.</summary>
internal sealed class TailStream(Stream inner) : ReadOnlyStream
{
    private readonly byte[] tail = new byte[8];

    /// <summary>The last eight bytes; zeros before them where there were fewer.</summary>
    public ReadOnlySpan<byte> Tail => tail;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        var last = buffer.Span[..read][Math.Max(0, read - tail.Length)..];
        tail.AsSpan(last.Length).CopyTo(tail);
        last.CopyTo(tail.AsSpan(tail.Length - last.Length));
        return read;
    }
}
