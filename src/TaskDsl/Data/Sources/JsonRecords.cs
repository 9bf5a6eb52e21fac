using System.Buffers;
using System.Text.Json;

namespace TaskDsl.Data.Sources;

/// <summary>
/// Walks a JSON document record by record through a buffer that is as large as its largest record. A broken document gives one record
/// with the error and ends.
/// </summary>
internal sealed class JsonRecords : IDisposable
{
    private const int LargestRecord = 256 * 1024 * 1024;

    private byte[] buffer = ArrayPool<byte>.Shared.Rent(1 << 16);
    private int start;
    private int end;
    private long line = 1;
    private JsonReaderState state;
    private bool isWhole;
    private bool begun;
    private bool ended;

    /// <summary>Whether there is no record left.</summary>
    public bool IsDone { get; private set; }

    /// <summary>The next record, valid until the next call; null where there is none or not enough of it has been read.</summary>
    public SourceRecord? Next()
    {
        var reader = new Utf8JsonReader(buffer.AsSpan(start, end - start), isWhole, state);
        try
        {
            if (ended) return Behind(ref reader);
            if (isWhole && !begun && start == end)
            {
                IsDone = true;
                return null;
            }

            if (!reader.Read()) return isWhole ? Fail("the document ends early") : null;
            if (!begun)
            {
                if (reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.StartObject)) return Fail("expected an array of objects, or an object of objects");
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
                if (!reader.Read()) return isWhole ? Fail("the document ends early") : null;
            }

            var from = (int)reader.TokenStartIndex;
            if (!reader.TrySkip()) return isWhole ? Fail("the document ends early") : null;
            var json = buffer.AsMemory(start + from, (int)reader.BytesConsumed - from);
            var first = line + buffer.AsSpan(start, from).Count((byte)'\n');
            Consume(ref reader);
            return new SourceRecord(json, first, key);
        }
        catch (JsonException e)
        {
            if (ended) return Fail("there is text behind the document's end");
            line = (e.LineNumber ?? 0) + 1;
            return Fail($"broken JSON: {e.Message} The file cannot be read beyond this record");
        }
        catch (InvalidOperationException)
        {
            return Fail("invalid UTF-8 in a key. The file cannot be read beyond this record");
        }
    }

    /// <summary>Reads more of the document.</summary>
    public async ValueTask FillAsync(Stream stream, CancellationToken cancellationToken)
    {
        if (start > 0)
        {
            Buffer.BlockCopy(buffer, start, buffer, 0, end - start);
            (start, end) = (0, end - start);
        }

        if (end == buffer.Length)
        {
            if (end >= LargestRecord) throw new IOException($"the record in line {line} is larger than {LargestRecord >> 20} MiB.");
            var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
            buffer.AsSpan(0, end).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = larger;
        }

        // The mark, if there is one, is in the first bytes: they are read together.
        var least = begun ? 1 : Math.Min(4096, buffer.Length - end);
        var read = await stream.ReadAtLeastAsync(buffer.AsMemory(end), least, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        isWhole = read < least;
        end += read;
        if (!begun && start == 0 && buffer.AsSpan(0, end).StartsWith("\uFEFF"u8)) start = 3;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(buffer);

    private SourceRecord? Behind(ref Utf8JsonReader reader)
    {
        if (reader.Read()) return Fail("there is text behind the document's end");
        IsDone = isWhole;
        if (!isWhole) Consume(ref reader);
        return null;
    }

    private void Consume(ref Utf8JsonReader reader)
    {
        var consumed = (int)reader.BytesConsumed;
        line += buffer.AsSpan(start, consumed).Count((byte)'\n');
        start += consumed;
        state = reader.CurrentState;
    }

    private SourceRecord Fail(string error)
    {
        IsDone = true;
        return new SourceRecord(buffer.AsMemory(start, Math.Min(end - start, 200)), line, Error: error);
    }
}
