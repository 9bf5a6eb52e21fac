using System.Buffers;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data.Stages;

/// <summary>
/// Gives fields of the input or the output other values: <c>map: {clause: "{{ clause | string.strip }}"}</c>. All are computed from the
/// example as it was; the result is checked like a record of a file.
/// </summary>
/// <remarks>It can give fields of the types text, string, int, float, bool, label and choice.</remarks>
[Keyword("map")]
public sealed record Map : Stage
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// The new value of each field, as a template. A number, truth value or label is read from its text; an empty text gives an optional
    /// field that is none no value.
    /// </summary>
    [Shorthand, Length(1, 64), FieldName("text", "string", "int", "float", "bool", "label", "choice")]
    public required IReadOnlyDictionary<string, TextTemplate> Fields { get; init; }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<T> ApplyAsync<T>(
        IAsyncEnumerable<T> examples,
        StageContext context,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        FieldInfo[] fields = [.. context.Task.InputFields, .. context.Task.OutputFields];
        context.CheckFields("map", Fields.Keys);
        var (was, now) = (new ArrayBufferWriter<byte>(), new ArrayBufferWriter<byte>());
        await using var writer = new Utf8JsonWriter(now, Relaxed);
        await foreach (var example in examples.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            was.ResetWrittenCount();
            now.ResetWrittenCount();
            writer.Reset();
            context.Write(example, was);
            Write(writer, was.WrittenSpan, fields, example);
            if (context.Read(now.WrittenSpan, example) is { } changed)
                yield return changed;
        }
    }

    // A record that is written has all fields, in the order of their declaration.
    private void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> record, FieldInfo[] fields, Example example)
    {
        var json = new Utf8JsonReader(record);
        json.Read();
        writer.WriteStartObject();
        foreach (var field in fields)
        {
            json.Read();
            writer.WritePropertyName(field.Name);
            json.Read();
            var start = (int)json.TokenStartIndex;
            json.Skip();
            if (Fields.TryGetValue(field.Name, out var template))
                WriteValue(writer, template.Of(example), field.Type);
            else
                writer.WriteRawValue(record[start..(int)json.BytesConsumed], skipInputValidation: true);
        }

        writer.WriteEndObject();
        writer.Flush();
    }

    private static void WriteValue(Utf8JsonWriter writer, string text, string type)
    {
        var plain = type.TrimEnd('?');
        if (plain is "text" or "string")
            writer.WriteStringValue(text);
        else if (text.Length == 0 && type.EndsWith('?'))
            writer.WriteNullValue();
        else if (
            plain is "int" or "float"
            && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number)
        )
            writer.WriteNumberValue(number);
        else if (plain is "bool" && bool.TryParse(text, out var truth))
            writer.WriteBooleanValue(truth);
        else
            writer.WriteStringValue(text); // A label or a choice; or what does not fit, which the reader says.
    }
}
