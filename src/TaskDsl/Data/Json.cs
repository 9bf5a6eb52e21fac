using System.Runtime.CompilerServices;
using System.Text.Json;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data;

/// <summary>
/// One JSON document in UTF-8: an array of objects, or an object whose values are the records and whose keys name them.
/// </summary>
[Keyword("json", Matches = "*.json")]
public sealed record Json : DataSource
{
    /// <inheritdoc/>
    public override async IAsyncEnumerable<SourceRecord> ReadAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> text = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        if (text.Span.StartsWith("\uFEFF"u8)) text = text[3..];
        var cursor = new Cursor();
        while (cursor.Next(text) is { } record)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return record;
        }
    }

    /// <summary>Walks the document record by record; a broken document yields one record with the error and ends.</summary>
    private sealed class Cursor
    {
        private JsonReaderState state;
        private int position;
        private int counted;
        private long line = 1;
        private bool begun;
        private bool done;

        public SourceRecord? Next(ReadOnlyMemory<byte> text)
        {
            if (done) return null;
            var reader = new Utf8JsonReader(text.Span[position..], isFinalBlock: true, state);
            string? key = null;
            try
            {
                if (!begun)
                {
                    if (!reader.Read() || reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.StartObject))
                        return End(text, "expected an array of objects, or an object of objects");
                    begun = true;
                }

                if (!reader.Read()) return End(text, "the document ends early");
                if (reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject)
                {
                    done = true;
                    return reader.Read() ? new SourceRecord(text, line, Error: "there is text behind the document's end") : null;
                }

                if (reader.TokenType == JsonTokenType.PropertyName)
                {
                    key = reader.GetString();
                    reader.Read();
                }

                var start = position + (int)reader.TokenStartIndex;
                line += text.Span[counted..start].Count((byte)'\n');
                reader.Skip();
                var end = position + (int)reader.BytesConsumed;
                (counted, position, state) = (start, end, reader.CurrentState);
                return new SourceRecord(text[start..end], line, key);
            }
            catch (JsonException e)
            {
                line = (e.LineNumber ?? 0) + 1;
                return End(text[position..Math.Min(text.Length, position + 200)], $"broken JSON: {e.Message} The file cannot be read beyond this record");
            }
            catch (InvalidOperationException)
            {
                return End(text[position..Math.Min(text.Length, position + 200)], "invalid UTF-8 in a key. The file cannot be read beyond this record");
            }
        }

        private SourceRecord End(ReadOnlyMemory<byte> raw, string error)
        {
            done = true;
            return new SourceRecord(raw, line, Error: error);
        }
    }
}
