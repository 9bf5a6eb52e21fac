using System.Runtime.CompilerServices;
using Apache.Arrow.Compression;
using Apache.Arrow.Ipc;
using TaskDsl.Data.Files;
using TaskDsl.Data.Sources.Reading;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data.Sources;

/// <summary>
/// Apache Arrow IPC, as file (Feather version 2) or stream, also with LZ4 or Zstandard inside. A record is a row; lists, structs and maps
/// become JSON lists and objects, dictionaries their values, times ISO 8601. A record batch is held in memory at a time.
/// </summary>
[Keyword("arrow", Matches = "*.arrow;*.feather;*.ipc;*.arrows;*.arrow.gz;*.arrow.zst;*.feather.gz;*.feather.zst;*.arrows.gz;*.arrows.zst")]
public sealed record Arrow : FileSource
{
    // The file format is the stream format with a mark before it, and a table of contents with the mark again behind it.
    private static readonly byte[] Mark = [.. "ARROW1"u8];

    // A stream may by its specification also just end; a file that does so was cut off between two batches, or might have been.
    private static readonly byte[] EndOfStream = [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0];

    /// <inheritdoc/>
    public override async IAsyncEnumerable<SourceRecord> ReadAsync(
        string path,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var (stream, content) = await DataFile
            .RecogniseAsync(path, FileContent.ArrowFile | FileContent.ArrowStream, "an Arrow IPC file or stream", cancellationToken)
            .ConfigureAwait(false);
        await using var owner = stream;
        if (content == FileContent.Empty)
            yield break;
        if (content == FileContent.ArrowFile)
            await stream.ReadAtLeastAsync(new byte[8], 8, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);

        await using var messages = new TailStream(stream);
        using var reader = new ArrowStreamReader(messages, new ArrowMemory(), new CompressionCodecFactory(), leaveOpen: true);
        using var row = new RowWriter();
        long number = 0;
        while (
            await Damage
                .NamedAsync("Arrow", async () => await reader.ReadNextRecordBatchAsync(cancellationToken).ConfigureAwait(false))
                .ConfigureAwait(false)
                is { } batch
        )
        {
            var columns = Damage.Named("Arrow", () => ArrowColumns.Of(batch, Ignore));
            for (var i = 0; i < batch.Length; i++)
            {
                number++;
                yield return Damage.Named("Arrow", () => columns.Record(row, i, number));
            }
        }

        if (
            !messages.Tail.SequenceEqual(EndOfStream)
            || (content == FileContent.ArrowFile && !await EndsWithMarkAsync(stream, cancellationToken).ConfigureAwait(false))
        )
            throw new IOException($"the Arrow data is cut off behind row {number}: its end is missing; copy or write the file again.");
    }

    private static async ValueTask<bool> EndsWithMarkAsync(Stream stream, CancellationToken cancellationToken)
    {
        var last = new byte[Mark.Length];
        var buffer = new byte[4096];
        while (await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var read)
        {
            byte[] tail = [.. last, .. buffer.AsSpan(0, read)];
            tail.AsSpan(read).CopyTo(last);
        }

        return last.AsSpan().SequenceEqual(Mark);
    }
}
