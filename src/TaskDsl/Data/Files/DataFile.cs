namespace TaskDsl.Data.Files;

/// <summary>
/// Opens files of records: what is compressed (<c>*.gz</c>, <c>*.zst</c>) is decompressed on the way, and a file that holds something
/// else than its name says is refused by what it is.
/// </summary>
public static class DataFile
{
    private const int HeadSize = 1 << 16;

    /// <summary>Opens a file for reading from its beginning to its end.</summary>
    /// <param name="path">The file.</param>
    /// <param name="expected">What it may hold; an empty file is always allowed.</param>
    /// <param name="format">The format that is expected, for messages: "JSON Lines".</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="IOException">It cannot be read, or it holds something else; the message says what and what to do.</exception>
    public static async ValueTask<Stream> OpenAsync(
        string path,
        FileContent expected,
        string format,
        CancellationToken cancellationToken
    ) => (await RecogniseAsync(path, expected, format, cancellationToken).ConfigureAwait(false)).Stream;

    /// <summary>Opens a file and says which of the expected things it holds.</summary>
    /// <inheritdoc cref="OpenAsync"/>
    internal static async ValueTask<(Stream Stream, FileContent Content)> RecogniseAsync(
        string path,
        FileContent expected,
        string format,
        CancellationToken cancellationToken
    )
    {
        Stream stream = new FileStream(
            path,
            FileMode.Open,
            FileAccess.Read,
            FileShare.Read,
            bufferSize: 0,
            FileOptions.Asynchronous | FileOptions.SequentialScan
        );
        try
        {
            var head = new byte[HeadSize];
            var read = await stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            var signature = FileSignature.Of(head.AsSpan(0, read));
            stream.Position = 0;
            var named = FileSignature.CompressionOf(path);
            if (named != 0 && read > 0)
            {
                if (signature.Content != named)
                    throw new IOException($"it is {signature.NotCompressed(named)}.");
                stream = named == FileContent.Gzip ? DecompressedStream.Gzip(stream) : DecompressedStream.Zstd(stream);
                read = await stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
                signature = FileSignature.Of(head.AsSpan(0, read));
                ((DecompressedStream)stream).Unread(head.AsMemory(0, read));
            }

            if ((signature.Content & (expected | FileContent.Empty)) == 0)
                throw new IOException($"it is {signature.Not(format)}.");
            return (stream, signature.Content);
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Opens a file whose format is read from its end: what is compressed is decompressed into a temporary file first.</summary>
    /// <inheritdoc cref="OpenAsync"/>
    public static async ValueTask<Stream> OpenSeekableAsync(
        string path,
        FileContent expected,
        string format,
        CancellationToken cancellationToken
    )
    {
        var stream = await OpenAsync(path, expected, format, cancellationToken).ConfigureAwait(false);
        if (stream.CanSeek)
            return stream;
        await using var compressed = stream;
        var copy = new FileStream(
            Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()),
            FileMode.CreateNew,
            FileAccess.ReadWrite,
            FileShare.None,
            1 << 16,
            FileOptions.DeleteOnClose
        );
        try
        {
            await stream.CopyToAsync(copy, cancellationToken).ConfigureAwait(false);
            copy.Position = 0;
            return copy;
        }
        catch
        {
            await copy.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
