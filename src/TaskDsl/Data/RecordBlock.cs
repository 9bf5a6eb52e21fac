using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using TaskDsl.Tasks;

namespace TaskDsl.Data;

/// <summary>Some records of one file, copied out of the source's buffer, so that they can be parsed while it reads on.</summary>
internal sealed class RecordBlock : IDisposable
{
    private const int MostRecords = 512;
    private const int MostBytes = 1 << 18;

    private readonly List<(SourceRecord Record, int Start, int Length)> records = [];
    private byte[] bytes = ArrayPool<byte>.Shared.Rent(1 << 16);
    private int used;

    /// <summary>Where the records come from.</summary>
    public required SourceFile From { get; init; }

    /// <summary>How many there are.</summary>
    public int Count => records.Count;

    /// <summary>Reads a file block by block.</summary>
    /// <exception cref="DataException">The file cannot be opened or read.</exception>
    public static async IAsyncEnumerable<RecordBlock> ReadAsync(
        SourceFile from,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var block = new RecordBlock { From = from };
        await using var records = from.Source.ReadAsync(from, cancellationToken).GetAsyncEnumerator(cancellationToken);
        DataException? broken = null;
        while (true)
        {
            try
            {
                if (!await records.MoveNextAsync().ConfigureAwait(false))
                    break;
            }
            catch (DataException e)
            {
                broken = e; // What was read before it comes first.
                break;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                broken = new DataException($"{from.Name}: cannot be read: {e.Message}", e);
                break;
            }

            block.Add(records.Current);
            if (block.Count < MostRecords && block.used < MostBytes)
                continue;
            yield return block;
            block = new RecordBlock { From = from };
        }

        if (block.Count > 0)
            yield return block;
        if (broken is not null)
            throw broken;
    }

    /// <summary>A record's bytes.</summary>
    public ReadOnlySpan<byte> Bytes(int index) => bytes.AsSpan(records[index].Start, records[index].Length);

    /// <summary>What is to be told of the file; null where nothing is.</summary>
    public string? Notice(int index) =>
        records[index].Record.Notice
        ?? (
            Bytes(index).IndexOf("\uFFFD"u8) < 0
                ? null
                : "it holds U+FFFD, which stands for what another program could not decode; convert the original anew."
        );

    /// <summary>Where a record stands.</summary>
    public RecordOrigin Origin(int index) =>
        new(From.Name, records[index].Record.Line, records[index].Record.Key) { Split = From.Source.Split };

    /// <summary>Parses all of them: for each its example, or what is wrong with it.</summary>
    /// <param name="task">Their task.</param>
    /// <param name="first">The first stage, which may write a record that does not fit in another way; null for none.</param>
    public (Example? Example, string? Error)[] Parse(DslTask task, Stage? first)
    {
        var parsed = new (Example?, string?)[Count];
        for (var i = 0; i < parsed.Length; i++)
            parsed[i] = Parse(task, first, i);
        return parsed;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(bytes);

    private (Example?, string?) Parse(DslTask task, Stage? first, int index)
    {
        if (records[index].Record.Error is { } error)
            return (null, error);
        try
        {
            return (Read(task, Bytes(index), index), null);
        }
        catch (RecordException e)
        {
            var rewritten = new ArrayBufferWriter<byte>();
            if (first?.TryRewrite(Bytes(index), From.Source, rewritten) != true)
                return (null, e.Message);
            try
            {
                return (Read(task, rewritten.WrittenSpan, index), null);
            }
            catch (RecordException still)
            {
                return (null, still.Message);
            }
        }
    }

    private Example Read(DslTask task, ReadOnlySpan<byte> json, int index)
    {
        var example = From.Source.ReadExample(task, json, records[index].Record.TextValues, From.Language, out var group);
        var kept = From.Source.Keeps ? KeptColumns.Of(JsonNode.Parse(json)!.AsObject()) : null;
        return example with { Origin = Origin(index) with { Group = group, Kept = kept }, Language = From.Language };
    }

    private void Add(in SourceRecord record)
    {
        var length = record.Json.Length;
        if (length > bytes.Length - used)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(2 * bytes.Length, used + length));
            bytes.AsSpan(0, used).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(bytes);
            bytes = larger;
        }

        record.Json.Span.CopyTo(bytes.AsSpan(used));
        records.Add((record with { Json = default }, used, length));
        used += length;
    }
}
