using System.Text.Json;
using System.Text.Json.Serialization;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Evaluation;

/// <summary>A value on one line of a file that is indented else: a thousand numbers do not need a thousand lines.</summary>
internal sealed class OneLine<T> : JsonConverter<T>
{
    internal static readonly JsonSerializerOptions Compact = new(DefinitionJson.Options)
    {
        WriteIndented = false,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonSerializer.Deserialize<T>(ref reader, options);

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteRawValue(JsonSerializer.Serialize(value, Compact));
}

/// <summary>A list, each item on one line.</summary>
internal sealed class LinePerItem<T> : JsonConverter<IReadOnlyList<T>>
{
    public override IReadOnlyList<T>? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonSerializer.Deserialize<List<T>>(ref reader, options);

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<T> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var item in value)
            writer.WriteRawValue(JsonSerializer.Serialize(item, OneLine<T>.Compact));
        writer.WriteEndArray();
    }
}
