using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using CsvHelper;
using TaskDsl.Data.Files;

namespace TaskDsl.Data.Sources.Reading;

/// <summary>What is wrong with a value; null where nothing is.</summary>
internal delegate string? ValueCheck(ReadOnlySpan<byte> value);

/// <summary>Rows of separated values under a header row: what CSV and TSV share.</summary>
internal static class HeadedRows
{
    public static async IAsyncEnumerable<SourceRecord> ReadAsync(
        string path,
        string format,
        char separator,
        CsvMode mode,
        ValueCheck? check,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        string? bad = null;
        var isOpen = false;
        await using var stream = await DataFile.OpenAsync(path, FileContent.Text, format, cancellationToken).ConfigureAwait(false);
        await using var csv = CsvReader.Create(
            stream,
            new CsvReaderOptions
            {
                Separator = separator,
                Mode = mode,
                DetectSeparatorHint = false,
                MaxRecordSize = ReadBuffer.Limit,
                TrackLineNumbers = true,
                OnMalformedRecord = record =>
                    (bad, isOpen) = (Describe(record.Reason), record.Reason == CsvMalformedReason.UnterminatedQuote),
            },
            leaveOpen: true
        );
        await NextAsync(csv, isHeader: true, cancellationToken).ConfigureAwait(false);
        if (bad is not null)
            throw new IOException($"the header (line 1) has {bad}.");
        var header = Header(csv.Headers, separator);

        var buffer = new ArrayBufferWriter<byte>();
        await using var writer = new Utf8JsonWriter(
            buffer,
            new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
        );
        while (await NextAsync(csv, isHeader: false, cancellationToken).ConfigureAwait(false))
        {
            if (isOpen)
                throw new IOException($"line {csv.LineNumber}: a quote is never closed; the rows from there on cannot be told apart.");
            if (csv.FieldCount != header.Length)
                bad ??= $"{csv.FieldCount} columns where the header has {header.Length}";
            if (!Utf8.IsValid(csv.RawRecord))
                bad ??= "invalid UTF-8";
            for (var i = 0; bad is null && check is not null && i < header.Length; i++)
                if (check(csv.GetSpan(i)) is { } wrong)
                    bad = $"column '{header[i]}': {wrong}";
            yield return bad is null
                ? new SourceRecord(ToJson(csv, header, buffer, writer), csv.LineNumber, TextValues: true)
                : new SourceRecord(csv.RawRecord.ToArray(), csv.LineNumber, TextValues: true, Error: bad);
            bad = null;
        }
    }

    private static JsonEncodedText[] Header(IReadOnlyList<string> names, char separator)
    {
        if (names.Any(name => name.Contains('\uFFFD', StringComparison.Ordinal)))
            throw new IOException("the header (line 1) is no UTF-8; convert the file first, as with 'iconv -f GB18030 -t UTF-8'.");
        if (names.GroupBy(name => name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new IOException($"the header (line 1) names column '{twice.Key}' twice.");
        // One column that holds another separator is no column.
        if (names is [var only] && only.IndexOfAny(['\t', ';', ',', '|']) is >= 0 and var at && only[at] != separator)
            throw new IOException(
                $"the header (line 1) is one column '{only.Replace('\t', ' ')}'; the columns seem to be separated by "
                    + only[at] switch
                    {
                        '\t' => "tabs: write 'tsv: <path>'.",
                        ',' => "commas: write 'csv: <path>'.",
                        var other => $"'{other}': write csv with 'delimiter: \"{other}\"'.",
                    }
            );
        return [.. names.Select(name => JsonEncodedText.Encode(name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping))];
    }

    private static async ValueTask<bool> NextAsync(CsvReader csv, bool isHeader, CancellationToken cancellationToken)
    {
        try
        {
            if (!isHeader)
                return await csv.ReadAsync(cancellationToken).ConfigureAwait(false);
            await csv.ReadHeaderAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (CsvFormatException e)
        {
            throw new IOException($"{(isHeader ? "the header" : $"the row behind line {csv.LineNumber}")} cannot be read: {e.Message}", e);
        }
    }

    private static ReadOnlyMemory<byte> ToJson(
        CsvReader csv,
        JsonEncodedText[] header,
        ArrayBufferWriter<byte> buffer,
        Utf8JsonWriter writer
    )
    {
        buffer.ResetWrittenCount();
        writer.Reset();
        writer.WriteStartObject();
        for (var i = 0; i < header.Length; i++)
            writer.WriteString(header[i], csv.GetSpan(i));
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    private static string Describe(CsvMalformedReason reason) =>
        reason switch
        {
            CsvMalformedReason.StrayQuote => "a quote inside an unquoted value",
            CsvMalformedReason.TextAfterClosingQuote => "text behind a closing quote",
            CsvMalformedReason.UnterminatedQuote => "a quote that is never closed",
            var other => $"malformed: {other}",
        };
}
