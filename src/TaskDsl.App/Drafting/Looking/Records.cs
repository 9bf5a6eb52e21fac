using System.Runtime.CompilerServices;
using System.Text.Json;
using TaskDsl.App.Sessions;
using TaskDsl.Data;

namespace TaskDsl.App.Drafting.Looking;

/// <summary>The records of some files, read one after the other; none is held.</summary>
/// <param name="sources">The files.</param>
internal sealed class Records(IReadOnlyList<DraftSource> sources)
{
    /// <summary>What the answer of a record with a layout of others' is called.</summary>
    public const string Answer = "answer";

    private const int MostFaults = 3;
    private const int MostIgnored = 20;

    private readonly SortedSet<string> ignored = new(StringComparer.Ordinal);
    private readonly List<string> faults = [];
    private bool isShapeKnown;

    /// <summary>The layout of the records; null where their columns are fields. Known once a record was read.</summary>
    public Shape? Shape { get; private set; }

    /// <summary>Properties inside of the layout that the source must be told to pass over.</summary>
    public IReadOnlyCollection<string> Ignored => ignored;

    /// <summary>How many records could not be read.</summary>
    public long Unreadable { get; private set; }

    /// <summary>The first of them, each with its place and what is wrong.</summary>
    public IReadOnlyList<string> Faults => faults;

    /// <summary>Reads the records, once.</summary>
    /// <exception cref="UserException">A file cannot be read on; the message says where and why.</exception>
    public async IAsyncEnumerable<Row> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (Unreadable, isShapeKnown) = (0, Shape is not null);
        faults.Clear();
        foreach (var (file, source) in sources)
        {
            await using var records = source.ReadAsync(file.File, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (await NextAsync(records, file).ConfigureAwait(false))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var record = records.Current;
                var origin = new RecordOrigin(file.Path, record.Line, record.Key);
                using var document = Parse(record, origin);
                if (document is not null && RowOf(document.RootElement, origin, file.Part) is { } row)
                    yield return row;
            }
        }
    }

    private static async ValueTask<bool> NextAsync(IAsyncEnumerator<SourceRecord> records, GivenFile file)
    {
        try
        {
            return await records.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{file.Path}: cannot be read: {e.Message}");
        }
    }

    private JsonDocument? Parse(in SourceRecord record, in RecordOrigin origin)
    {
        if (record.Error is { } error)
        {
            Fault(origin, error);
            return null;
        }

        try
        {
            var json = record.Json.Span.StartsWith("\uFEFF"u8) ? record.Json[3..] : record.Json;
            var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            if (
                document.RootElement.ValueKind == JsonValueKind.Object
                && (json.Span.IndexOf("\\u"u8) < 0 || IsUnicode(document.RootElement))
            )
                return document;
            Fault(origin, document.RootElement.ValueKind == JsonValueKind.Object ? "half a surrogate pair in a text" : "it is no object");
            document.Dispose();
        }
        catch (JsonException e)
        {
            Fault(origin, $"broken JSON: {e.Message}");
        }

        return null;
    }

    private static bool IsUnicode(JsonElement value)
    {
        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.Object => value.EnumerateObject().All(property => property.Name.Length >= 0 && IsUnicode(property.Value)),
                JsonValueKind.Array => value.EnumerateArray().All(IsUnicode),
                JsonValueKind.String => value.GetString() is not null,
                _ => true,
            };
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private Row? RowOf(JsonElement record, in RecordOrigin origin, SplitName? part)
    {
        if (!isShapeKnown)
            (Shape, isShapeKnown) = (DraftSource.ShapeOf(record), true);
        try
        {
            var values = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
            IReadOnlyList<string> taken = [];
            if (Shape is not null)
            {
                foreach (var name in DraftSource.BesideWords(record, Shape))
                    if (ignored.Count < MostIgnored)
                        ignored.Add(name);
                var shaped = Shape.Open(record, [.. ignored]);
                taken = shaped.Taken;
                foreach (var (name, text) in shaped.Columns)
                    values[name] = JsonSerializer.SerializeToElement(text);
                values[Answer] = JsonSerializer.SerializeToElement(shaped.Answer);
            }

            foreach (var property in record.EnumerateObject())
                if (!taken.Contains(property.Name))
                    values.TryAdd(property.Name, property.Value);
            return new Row(origin, part, values);
        }
        catch (RecordException e)
        {
            Fault(origin, e.Message);
        }
        return null;
    }

    private void Fault(in RecordOrigin origin, string what)
    {
        Unreadable++;
        if (faults.Count < MostFaults)
            faults.Add($"{origin}: {what}");
    }
}
