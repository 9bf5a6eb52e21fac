using System.Text.Json;
using TaskDsl.Data.Files;

namespace TaskDsl.Data.Sources.Reading;

/// <summary>
/// Walks a JSON document record by record through a buffer that is as large as its largest record. Where the document is broken the
/// reading ends: nobody can say what records stand behind.
/// </summary>
internal sealed class JsonRecords(Stream stream) : IDisposable
{
    private readonly ReadBuffer buffer = new(stream);
    private long line = 1;
    private JsonReaderState state;
    private bool begun;
    private bool ended;

    /// <summary>Whether there is no record left.</summary>
    public bool IsDone { get; private set; }

    /// <summary>The next record, valid until the next call; null where there is none or not enough of it has been read.</summary>
    /// <exception cref="IOException">The document is broken.</exception>
    public SourceRecord? Next()
    {
        var reader = new Utf8JsonReader(buffer.Unread.Span, buffer.IsWhole, state);
        try
        {
            if (ended)
                return Behind(ref reader);
            if (buffer.IsWhole && !begun && buffer.Unread.IsEmpty)
            {
                IsDone = true;
                return null;
            }

            if (!reader.Read())
                return buffer.IsWhole ? throw Broken("the document ends early") : null;
            if (!begun)
            {
                if (reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.StartObject))
                    throw Broken("expected an array of objects, or an object of objects");
                begun = true;
                Consume(ref reader);
                return Next();
            }

            if (reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject)
            {
                ended = true;
                Consume(ref reader);
                return Next();
            }

            string? key = null;
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                key = reader.GetString();
                if (!reader.Read())
                    return buffer.IsWhole ? throw Broken("the document ends early") : null;
            }

            var from = (int)reader.TokenStartIndex;
            if (!reader.TrySkip())
                return buffer.IsWhole ? throw Broken("the document ends early") : null;
            var json = buffer.Unread[from..(int)reader.BytesConsumed];
            var first = line + buffer.Unread.Span[..from].Count((byte)'\n');
            Consume(ref reader);
            return new SourceRecord(json, first, key);
        }
        catch (JsonException e)
        {
            line = (e.LineNumber ?? 0) + 1;
            throw Broken(ended ? "there is text behind the document's end" : RecordReader.Describe(e));
        }
        catch (InvalidOperationException)
        {
            throw Broken("invalid UTF-8 or half a surrogate pair in a key");
        }
    }

    /// <summary>Reads more of the document.</summary>
    public ValueTask FillAsync(CancellationToken cancellationToken) =>
        buffer.IsFull
            ? throw new IOException($"the record in line {line} is larger than {ReadBuffer.Limit >> 20} MiB.")
            : buffer.FillAsync(cancellationToken);

    public void Dispose() => buffer.Dispose();

    private SourceRecord? Behind(ref Utf8JsonReader reader)
    {
        if (reader.Read())
            throw Broken("there is text behind the document's end");
        IsDone = buffer.IsWhole;
        if (!IsDone)
            Consume(ref reader);
        return null;
    }

    private void Consume(ref Utf8JsonReader reader)
    {
        var consumed = (int)reader.BytesConsumed;
        line += buffer.Unread.Span[..consumed].Count((byte)'\n');
        buffer.Consume(consumed);
        state = reader.CurrentState;
    }

    private IOException Broken(string error) => new($"line {line}: {error}; the records from there on cannot be told apart.");
}
