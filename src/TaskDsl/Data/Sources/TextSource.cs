using System.Buffers;
using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using TaskDsl.Data.Files;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data.Sources;

/// <summary>Plain text in UTF-8: a record a line, or a record a paragraph. The text is the record's only column.</summary>
[Keyword("text", Matches = "*.txt;*.txt.gz;*.txt.zst")]
public sealed record TextSource : FileSource
{
    /// <summary>The column that the text goes to.</summary>
    [Length(1, 200)]
    public string Field { get; init; } = "text";

    /// <summary>What one record is.</summary>
    public TextUnit Record { get; init; } = TextUnit.Line;

    /// <inheritdoc/>
    public override async IAsyncEnumerable<SourceRecord> ReadAsync(
        string path,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        const FileContent texts = FileContent.Text | FileContent.JsonObject | FileContent.JsonLines | FileContent.JsonArray;
        await using var stream = await DataFile.OpenAsync(path, texts, "plain text", cancellationToken).ConfigureAwait(false);
        var name = JsonEncodedText.Encode(Field, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
        var text = new ArrayBufferWriter<byte>();
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        long first = 0;
        await foreach (var (line, number) in Utf8Lines.ReadAsync(stream, cancellationToken).ConfigureAwait(false))
        {
            if (line.Span.IndexOfAnyExcept(" \t"u8) >= 0)
            {
                if (text.WrittenCount > 0)
                    text.Write("\n"u8);
                else
                    first = number;
                text.Write(line.Span);
                if (text.WrittenCount > ReadBuffer.Limit)
                    throw new IOException($"the paragraph in line {first} is longer than {ReadBuffer.Limit >> 20} MiB.");
                if (Record == TextUnit.Paragraph)
                    continue;
            }

            if (text.WrittenCount > 0)
                yield return Taken();
        }

        if (text.WrittenCount > 0)
            yield return Taken();

        SourceRecord Taken()
        {
            if (Encodings.Wrong(text.WrittenSpan) is { } wrong)
            {
                var raw = text.WrittenSpan.ToArray();
                text.ResetWrittenCount();
                return new SourceRecord(raw, first, TextValues: true, Error: wrong);
            }

            buffer.ResetWrittenCount();
            json.Reset();
            json.WriteStartObject();
            json.WriteString(name, text.WrittenSpan);
            json.WriteEndObject();
            json.Flush();
            text.ResetWrittenCount();
            return new SourceRecord(buffer.WrittenMemory, first, TextValues: true);
        }
    }
}

/// <summary>What a record of plain text is.</summary>
public enum TextUnit
{
    /// <summary>Each line that is not blank.</summary>
    Line,

    /// <summary>The lines up to a blank line, with their line breaks.</summary>
    Paragraph,
}
