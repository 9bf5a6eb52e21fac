using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using TaskDsl.Tasks;
using TaskDsl.Unicode;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data.Stages;

/// <summary>Unicode's normal forms for text (UAX 15).</summary>
public enum NormalForm
{
    /// <summary>Characters that look the same are the same: é is one character.</summary>
    Nfc,

    /// <summary>Besides, variants become the plain character: full-width Ａ is A, ﬁ is fi, ① is 1.</summary>
    Nfkc,
}

/// <summary>
/// Writes texts in one way: a Unicode normal form, no control characters, one kind of white space. All strings of the fields are changed
/// alike, those of entities too, so that what was copied from a text still stands in it; the result is checked like a record of a file. As
/// the first stage it also reads records whose labels or entities are the task's and the text's but for the way that they are written.
/// </summary>
[Keyword("normalize_text")]
public sealed record NormalizeText : Stage
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The normal form.</summary>
    [Shorthand]
    public NormalForm Form { get; init; } = NormalForm.Nfc;

    /// <summary>
    /// Whether line ends become line feeds, other white space inside of lines one space and several empty lines one; at the ends of lines
    /// and of the text it goes.
    /// </summary>
    public bool WhiteSpace { get; init; } = true;

    /// <summary>Whether control characters (tabs and line breaks aside), byte order marks, zero-width spaces and soft hyphens go.</summary>
    public bool ControlCharacters { get; init; } = true;

    /// <summary>The fields that are normalised. Default: all that hold text.</summary>
    [FieldName("text", "string", "list<text>", "list<string>", "entities", "choice", "record", "list<record>")]
    public IReadOnlyList<string> Fields { get; init; } = [];

    /// <inheritdoc/>
    public override async IAsyncEnumerable<T> ApplyAsync<T>(
        IAsyncEnumerable<T> examples,
        StageContext context,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        FieldInfo[] fields = [.. context.Task.InputFields, .. context.Task.OutputFields];
        foreach (var name in Fields)
            if (!fields.Any(f => f.Name == name))
                throw new DataException(
                    $"normalize_text: the task '{context.Task.Name}' has no field '{name}', only "
                        + $"{string.Join(", ", fields.Select(f => f.Name))}."
                );
        HashSet<string> chosen =
        [
            // The keys of labels, in a list or alone, are as the task has them.
            .. fields
                .Where(f => Fields.Count > 0 ? Fields.Contains(f.Name) : !f.Type.Contains("label", StringComparison.Ordinal))
                .Select(f => f.Name),
        ];

        var (was, now) = (new ArrayBufferWriter<byte>(), new ArrayBufferWriter<byte>());
        await using var writer = new Utf8JsonWriter(now, Relaxed);
        await foreach (var example in examples.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            was.ResetWrittenCount();
            context.Write(example, was);
            now.ResetWrittenCount();
            writer.Reset();
            if (!Write(writer, was.WrittenSpan, chosen.Contains))
                yield return example;
            else if (context.Read(now.WrittenSpan, example) is { } changed)
                yield return changed;
        }
    }

    /// <summary>A text as this stage writes it.</summary>
    public string Apply(string text) => Way.Of(text);

    /// <inheritdoc/>
    public override bool TryRewrite(ReadOnlySpan<byte> record, DataSource source, IBufferWriter<byte> rewritten)
    {
        ArgumentNullException.ThrowIfNull(source);
        using var writer = new Utf8JsonWriter(rewritten, Relaxed);
        HashSet<string> columns = [.. Fields.Select(field => source.Columns.GetValueOrDefault(field) ?? field)];
        try
        {
            return Write(writer, record, name => (columns.Count == 0 || columns.Contains(name)) && name != source.Group);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false; // What is broken is told as it stands in the file.
        }
    }

    private NormalText Way => new(Form == NormalForm.Nfkc ? UnicodeForm.KC : UnicodeForm.C, WhiteSpace, ControlCharacters);

    /// <summary>Writes the record with its texts normalised; false where none of them changes.</summary>
    private bool Write(Utf8JsonWriter writer, ReadOnlySpan<byte> record, Predicate<string> isChosen)
    {
        var way = Way;
        var json = new Utf8JsonReader(record);
        var (changes, chosen) = (false, false);
        while (json.Read())
        {
            var text = "";
            if (json.TokenType is JsonTokenType.PropertyName or JsonTokenType.String)
                text = json.GetString()!;
            if (json.TokenType == JsonTokenType.PropertyName && json.CurrentDepth == 1)
                chosen = isChosen(text);
            switch (json.TokenType)
            {
                case JsonTokenType.StartObject:
                    writer.WriteStartObject();
                    break;
                case JsonTokenType.EndObject:
                    writer.WriteEndObject();
                    break;
                case JsonTokenType.StartArray:
                    writer.WriteStartArray();
                    break;
                case JsonTokenType.EndArray:
                    writer.WriteEndArray();
                    break;
                case JsonTokenType.PropertyName:
                    writer.WritePropertyName(text);
                    break;
                case JsonTokenType.String when chosen:
                    var normal = way.Of(text);
                    changes |= normal != text;
                    writer.WriteStringValue(normal);
                    break;
                default:
                    writer.WriteRawValue(record[(int)json.TokenStartIndex..(int)json.BytesConsumed], skipInputValidation: true);
                    break;
            }
        }

        writer.Flush();
        return changes;
    }
}
