using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using TaskDsl.Tasks;

namespace TaskDsl.Data;

/// <summary>
/// How records are laid out that were not made for the task: a prompt and an answer, as texts. The answer is read in the task's own
/// format, as a model's answer would be; the parts of the prompt are columns like any other.
/// </summary>
public abstract record Shape
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The column that the input is read from where <c>columns</c> names none and the input has one field.</summary>
    public abstract string Prompt { get; }

    /// <summary>Takes a record apart.</summary>
    /// <param name="record">The record, a JSON object.</param>
    /// <param name="ignore">The names that the source ignores.</param>
    /// <exception cref="RecordException">It does not have this shape.</exception>
    public abstract ShapedRecord Open(JsonElement record, IReadOnlyList<string> ignore);

    /// <summary>Reads an example of a task out of a record of this shape.</summary>
    /// <exception cref="RecordException">The record does not have this shape, or does not fit the task.</exception>
    internal Example ReadExample(DslTask task, ReadOnlySpan<byte> json, DataSource source, string language, out string? group)
    {
        var flat = new ArrayBufferWriter<byte>();
        ShapedRecord shaped;
        try
        {
            using var document = Parse(json);
            group =
                source.Group is { } column
                && document.RootElement.TryGetProperty(column, out var value)
                && value.ValueKind is JsonValueKind.String or JsonValueKind.Number
                    ? value.ToString()
                    : null;
            shaped = Open(document.RootElement, source.Ignore);
            WriteInput(flat, document.RootElement, shaped, task, source);
        }
        catch (JsonException e)
        {
            throw Twice(json) is { } field
                ? new RecordException(field, "the field a second time", "each field once")
                : new RecordException("", BrokenJson.Describe(json, e), "one JSON object");
        }
        catch (InvalidOperationException e)
        {
            throw new RecordException("", $"a name or a text that cannot be read ({e.Message.TrimEnd('.')})", "valid Unicode");
        }

        if (task.OutputFields.FirstOrDefault(field => field.IsChoice) is { } choice)
            throw new RecordException(
                shaped.AnswerField,
                "an answer that is one text",
                $"the option's text in a field '{choice.Name}': letters are each record's own (a source without 'shape' reads it)"
            );
        if (Texts.IsBlank(shaped.Answer))
            throw new RecordException(shaped.AnswerField, Texts.DescribeBlank(shaped.Answer), "the answer");
        var reader = RecordReader.Data(flat.WrittenSpan, textValues: true, language);
        var input = task.ReadInput(ref reader);
        if (!task.TryParseOutput(Encoding.UTF8.GetBytes(shaped.Answer), input, language, out var output, out var error))
            throw new RecordException(
                shaped.AnswerField,
                RecordPath.Quote(shaped.Answer),
                $"an answer of the task '{task.Name}' in its format ({error})"
            );

        // What belongs together in a record (entities and the text that they are copied from) is checked as in any other.
        flat.ResetWrittenCount();
        task.WriteExample(flat, input, output);
        var whole = RecordReader.Data(flat.WrittenSpan, textValues: false, language);
        return task.ReadExample(ref whole, language);
    }

    /// <summary>What is expected of a part of the prompt that a record does not have, for messages.</summary>
    protected virtual string Expected(string column) => "a text";

    // The parts of the shape that no field is read from are passed over: the task's own prompt takes their place.
    private void WriteInput(ArrayBufferWriter<byte> utf8, JsonElement record, in ShapedRecord shaped, DslTask task, DataSource source)
    {
        using var writer = new Utf8JsonWriter(utf8, Relaxed);
        writer.WriteStartObject();
        var read = new HashSet<string>(shaped.Taken, StringComparer.Ordinal);
        foreach (var field in task.InputFields)
        {
            var column = source.Columns.GetValueOrDefault(field.Name) ?? (task.InputFields.Count == 1 ? Prompt : field.Name);
            if (shaped.Columns.TryGetValue(column, out var text))
            {
                if (text is not null)
                    writer.WriteString(field.Name, text);
                else if (!field.Type.EndsWith('?'))
                    throw new RecordException($"{field.Name} (column '{column}')", "nothing", Expected(column));
            }
            else if (record.TryGetProperty(column, out var value))
            {
                read.Add(column);
                writer.WritePropertyName(field.Name);
                value.WriteTo(writer);
            }
        }

        foreach (var property in record.EnumerateObject())
        {
            if (read.Contains(property.Name) || source.Ignore.Contains(property.Name) || property.Name == source.Group)
                continue;
            if (task.OutputFields.Any(f => f.Name == property.Name))
                throw new RecordException(
                    property.Name,
                    "a field beside the answer",
                    $"the output in '{shaped.AnswerField}' alone (a column that is not wanted is listed under 'ignore')"
                );
            property.WriteTo(writer);
        }

        writer.WriteEndObject();
    }

    // What JSON forbids nobody and its reader refuses here: the path of a field that an object has twice; null for other faults.
    private static string? Twice(ReadOnlySpan<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json.ToArray());
            return Twice(document.RootElement, "");
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Twice(JsonElement value, string path) =>
        value.ValueKind switch
        {
            JsonValueKind.Array => value
                .EnumerateArray()
                .Select((item, i) => Twice(item, $"{path}[{i}]"))
                .FirstOrDefault(p => p is not null),
            JsonValueKind.Object => value.EnumerateObject().GroupBy(p => p.Name).FirstOrDefault(same => same.Count() > 1) is { } twice
                ? RecordPath.Join(path, twice.Key)
                : value.EnumerateObject().Select(p => Twice(p.Value, RecordPath.Join(path, p.Name))).FirstOrDefault(p => p is not null),
            _ => null,
        };

    private static JsonDocument Parse(ReadOnlySpan<byte> json)
    {
        var document = JsonDocument.Parse(json.ToArray(), Strict);
        return document.RootElement.ValueKind == JsonValueKind.Object
            ? document
            : throw new RecordException("", Texts.Describe(document.RootElement), "an object {…}");
    }
}
