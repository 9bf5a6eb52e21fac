using System.Buffers;
using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using CsvHelper;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data;

/// <summary>Comma- or tab-separated values with a header row (RFC 4180), in UTF-8. Every value is text; numbers are read from it.</summary>
[Keyword("csv", Matches = "*.csv;*.tsv")]
public sealed record Csv : DataSource
{
    /// <summary>The character that separates columns. Default: a tab in <c>*.tsv</c>, else a comma.</summary>
    [Length(1, 1)]
    public string? Delimiter { get; init; }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<SourceRecord> ReadAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? bad = null;
        await using var csv = CsvReader.FromFile(path, new CsvReaderOptions
        {
            Separator = Delimiter is { } delimiter ? delimiter[0] : path.EndsWith(".tsv", StringComparison.OrdinalIgnoreCase) ? '\t' : ',',
            TrackLineNumbers = true,
            OnMalformedRecord = record => bad = Describe(record.Reason),
        }, FileOptions.Asynchronous | FileOptions.SequentialScan);
        await csv.ReadHeaderAsync(cancellationToken).ConfigureAwait(false);
        if (csv.Headers.GroupBy(name => name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new DataException($"{path}(1): the header names column '{twice.Key}' twice.");
        var header = csv.Headers.Select(name => JsonEncodedText.Encode(name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)).ToArray();

        var buffer = new ArrayBufferWriter<byte>();
        await using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        while (await csv.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (csv.FieldCount != header.Length) bad ??= $"{csv.FieldCount} columns where the header has {header.Length}";
            if (!Utf8.IsValid(csv.RawRecord)) bad ??= "invalid UTF-8";
            yield return bad is null
                ? new SourceRecord(ToJson(csv, header, buffer, writer), csv.LineNumber, TextValues: true)
                : new SourceRecord(csv.RawRecord.ToArray(), csv.LineNumber, TextValues: true, Error: bad);
            bad = null;
        }
    }

    private static ReadOnlyMemory<byte> ToJson(CsvReader csv, JsonEncodedText[] header, ArrayBufferWriter<byte> buffer, Utf8JsonWriter writer)
    {
        buffer.ResetWrittenCount();
        writer.Reset();
        writer.WriteStartObject();
        for (var i = 0; i < header.Length; i++) writer.WriteString(header[i], csv.GetSpan(i));
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    private static string Describe(CsvMalformedReason reason) => reason switch
    {
        CsvMalformedReason.StrayQuote => "a quote inside an unquoted value",
        CsvMalformedReason.TextAfterClosingQuote => "text behind a closing quote",
        CsvMalformedReason.UnterminatedQuote => "a quote that is never closed",
        var other => $"malformed: {other}",
    };
}
