using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CsvHelper;
using TaskDsl.Data.Files;

namespace TaskDsl.Data.Sources.Reading;

/// <summary>Rows of separated values under a header row: what CSV and TSV share.</summary>
internal static class HeadedRows
{
    private const string Choose =
        "say whether they belong to it ('quotes: false') or are put around it, as spreadsheets and pandas do ('quotes: true')";

    public static async IAsyncEnumerable<SourceRecord> ReadAsync(
        DataSource source,
        RowFormat format,
        string path,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        string? bad = null;
        var isOpen = false;
        var hint = await HintAsync(format, path, cancellationToken).ConfigureAwait(false);
        var separator = format.SeparatorOf(Separators.Said(hint));
        var linesBefore = hint.Length > 0 ? 1 : 0;
        await using var stream = await DataFile.OpenAsync(path, FileContent.Text, format.Name, cancellationToken).ConfigureAwait(false);
        await stream.ReadExactlyAsync(new byte[Encoding.UTF8.GetByteCount(hint)], cancellationToken).ConfigureAwait(false);
        await using var csv = CsvReader.Create(
            stream,
            new CsvReaderOptions
            {
                Separator = separator,
                Mode = format.Quotes == true ? CsvMode.Rfc4180 : CsvMode.NoEscape,
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
            throw new IOException($"the header (line {1 + linesBefore}) has {bad}.");
        var header = HeaderRow.Of(csv.Headers, 1 + linesBefore, separator, source);

        var buffer = new ArrayBufferWriter<byte>();
        await using var writer = new Utf8JsonWriter(
            buffer,
            new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
        );
        while (await NextAsync(csv, isHeader: false, cancellationToken).ConfigureAwait(false))
        {
            var line = csv.LineNumber + linesBefore;
            if (isOpen)
                throw new IOException($"line {line}: a quote is never closed; the rows from there on cannot be told apart.");
            if (format.Quotes is null)
                bad ??= Doubt(csv, header, line);
            if (bad is null && HeaderRow.IsEmpty(csv, separator))
                continue;
            bad ??= header.Wrong(csv, format, separator);
            bad ??= Encodings.Wrong(csv.RawRecord);
            yield return bad is null
                ? new SourceRecord(ToJson(csv, header, buffer, writer), line, TextValues: true)
                : new SourceRecord(csv.RawRecord.ToArray(), line, TextValues: true, Error: bad);
            bad = null;
        }
    }

    // Excel's line before the header, with its end; empty where there is none.
    private static async ValueTask<string> HintAsync(RowFormat format, string path, CancellationToken cancellationToken)
    {
        await using var stream = await DataFile.OpenAsync(path, FileContent.Text, format.Name, cancellationToken).ConfigureAwait(false);
        var head = new byte[10]; // The mark, five signs, CR and LF.
        var read = await stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        var text = Encoding.Latin1.GetString(head, 0, read);
        var mark = Encoding.Latin1.GetString("\uFEFF"u8);
        var line = text.StartsWith(mark, StringComparison.Ordinal) ? text[mark.Length..] : text;
        var end = line.AsSpan().IndexOfAny('\r', '\n');
        if (Separators.Said(end < 0 ? line : line[..end]) is null)
            return "";
        if (end >= 0)
            line = line[..(end + (line.AsSpan(end).StartsWith("\r\n") ? 2 : 1))];
        return line.Length < text.Length && text.StartsWith(mark, StringComparison.Ordinal) ? "\uFEFF" + line : line;
    }

    // A value that begins with a quote which its line does not close goes on in the next, and no row is told from another.
    private static string? Doubt(CsvReader csv, HeaderRow header, long line)
    {
        for (var i = 0; i < csv.FieldCount; i++)
        {
            var value = csv.GetSpan(i);
            if (value.IsEmpty || value[0] != '"')
                continue;
            if (value.Count((byte)'"') % 2 != 0)
                throw new IOException(
                    $"line {line}: a value begins with a quote that its line does not close: a value in quotes with a line break in it, as "
                        + "spreadsheets and pandas write it? Then say 'quotes: true' at the source; if quotes belong to the values, "
                        + "'quotes: false'."
                );
            if (value[^1] == '"' && i < header.Count)
                return $"{header.Describe(i)}: a value stands in quotes; {Choose}";
        }

        return null;
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

    private static ReadOnlyMemory<byte> ToJson(CsvReader csv, HeaderRow header, ArrayBufferWriter<byte> buffer, Utf8JsonWriter writer)
    {
        buffer.ResetWrittenCount();
        writer.Reset();
        writer.WriteStartObject();
        for (var i = 0; i < header.Count; i++)
            if (header.Read(i) is { } name)
                writer.WriteString(name, csv.GetSpan(i));
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    private static string Describe(CsvMalformedReason reason) =>
        reason switch
        {
            CsvMalformedReason.StrayQuote =>
                "a quote inside a value without quotes around it; put quotes around the value and write its own ones twice",
            CsvMalformedReason.TextAfterClosingQuote => "text behind a closing quote; a quote inside a value in quotes is written twice",
            CsvMalformedReason.UnterminatedQuote => "a quote that is never closed",
            var other => $"malformed: {other}",
        };
}
