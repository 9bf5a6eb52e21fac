using System.Runtime.CompilerServices;
using Parquet;
using Parquet.Schema;
using TaskDsl.Data.Files;
using TaskDsl.Data.Sources.Reading;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data.Sources;

/// <summary>
/// Apache Parquet. A record is a row; lists, structs and maps become JSON lists and objects, times ISO 8601. A row group is held in memory
/// at a time, and of it only the columns that are not ignored.
/// </summary>
[Keyword("parquet", Matches = "*.parquet;*.parquet.gz;*.parquet.zst")]
public sealed record Parquet : FileSource
{
    /// <inheritdoc/>
    public override async IAsyncEnumerable<SourceRecord> ReadAsync(
        string path,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var stream = await DataFile
            .OpenSeekableAsync(path, FileContent.Parquet, "a Parquet file", cancellationToken)
            .ConfigureAwait(false);
        if (stream.Length == 0)
            yield break;
        await CheckEndAsync(stream, cancellationToken).ConfigureAwait(false);
        await using var file = await Damage
            .NamedAsync("Parquet", () => ParquetReader.CreateAsync(stream, null, leaveStreamOpen: true, cancellationToken))
            .ConfigureAwait(false);
        var fields = Damage.Named<Field[]>("Parquet", () => [.. file.Schema.Fields.Where(field => !Ignore.Contains(field.Name))]);

        using var writer = new RowWriter();
        long row = 0;
        for (var group = 0; group < file.RowGroupCount; group++)
        {
            using var rows = await Damage
                .NamedAsync("Parquet", () => ParquetRows.ReadAsync(file, group, fields, cancellationToken))
                .ConfigureAwait(false);
            while (Damage.Named("Parquet", () => rows.Next(writer, row + 1)) is { } record)
            {
                row++;
                yield return record;
            }
        }
    }

    private static async ValueTask CheckEndAsync(Stream stream, CancellationToken cancellationToken)
    {
        var end = new byte[4];
        stream.Seek(-end.Length, SeekOrigin.End);
        await stream.ReadExactlyAsync(end, cancellationToken).ConfigureAwait(false);
        stream.Position = 0;
        if (!end.AsSpan().SequenceEqual("PAR1"u8))
            throw new IOException(
                "the Parquet file is cut off: its end, where the schema stands, is missing; copy or write the file again."
            );
    }
}
