using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TaskDsl.Data.Files;

namespace TaskDsl.Data.Sources.Reading;

/// <summary>
/// Walks a JSON document record by record through a buffer that is as large as its largest record. Where the document is broken the
/// reading ends: nobody can say what records stand behind. Of keys, which stand once each, 16 bytes are remembered.
/// </summary>
internal sealed class JsonRecords(Stream stream) : IDisposable
{
    private const string TextBehind =
        "there is text behind the document's end (objects one behind the other are JSON Lines, each on its line, as 'jq -c .' writes them)";

    private readonly ReadBuffer buffer = new(stream);
    private long line = 1;
    private int column; // Bytes of the line before what is unread.
    private readonly HashSet<UInt128> keys = [];
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

            var isRecord = reader.TokenType == JsonTokenType.StartObject;
            var from = (int)reader.TokenStartIndex;
            if (!reader.TrySkip())
                return buffer.IsWhole ? throw Broken("the document ends early") : null;
            var json = buffer.Unread[from..(int)reader.BytesConsumed];
            var first = line + buffer.Unread.Span[..from].Count((byte)'\n');
            Consume(ref reader);
            return new SourceRecord(json, first, key, Error: key is null ? null : WrongKey(key, isRecord));
        }
        catch (JsonException e)
        {
            var unread = buffer.Unread.Span;
            var at = -column;
            for (; line <= e.LineNumber; line++)
                at = (at < 0 ? 0 : at) + unread[(at < 0 ? 0 : at)..].IndexOf((byte)'\n') + 1;
            at += (int)(e.BytePositionInLine ?? 0);
            throw Broken(ended ? "there is text behind the document's end" : BrokenJson.Describe(unread, at, e, isWhole: false));
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

    private string? WrongKey(string key, bool isRecord)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(key), hash);
        return !keys.Add(BinaryPrimitives.ReadUInt128LittleEndian(hash)) ? "its key stands a second time in the file, and names one record"
            : !isRecord
                ? "its value is no object, and the values of a document are its records; one record alone stands in [ ], and records that "
                    + "one key holds, as in {\"data\": […]}, in a file of their own, as with 'jq .data'"
            : null;
    }

    private SourceRecord? Behind(ref Utf8JsonReader reader)
    {
        if (reader.Read())
            throw Broken(TextBehind);
        IsDone = buffer.IsWhole;
        if (!IsDone)
            Consume(ref reader);
        return null;
    }

    private void Consume(ref Utf8JsonReader reader)
    {
        var consumed = (int)reader.BytesConsumed;
        var read = buffer.Unread.Span[..consumed];
        line += read.Count((byte)'\n');
        column = read.LastIndexOf((byte)'\n') is >= 0 and var end ? consumed - end - 1 : column + consumed;
        buffer.Consume(consumed);
        state = reader.CurrentState;
    }

    private IOException Broken(string error) => new($"line {line}: {error}; the records from there on cannot be told apart.");
}
