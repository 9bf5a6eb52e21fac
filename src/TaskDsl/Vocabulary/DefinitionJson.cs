using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace TaskDsl.Vocabulary;

/// <summary>A definition with all its defaults, in the words of the YAML, as JSON.</summary>
public static class DefinitionJson
{
    /// <summary>How the project's JSON files are written: indented, names in snake_case, every letter as it is.</summary>
    public static JsonSerializerOptions Options { get; } =
        new()
        {
            WriteIndented = true,
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        };

    /// <summary>A value as JSON; names stand for other definitions.</summary>
    public static JsonNode? Write(object? value) =>
        value switch
        {
            null => null,
            bool b => b,
            string s => s,
            Enum e => Word(e),
            int or long or double or float => JsonSerializer.SerializeToNode(value, DefinitionJson.Options),
            TimeSpan t => t.ToString("c", CultureInfo.InvariantCulture),
            INamed named => named.Name,
            IDictionary map => new JsonObject(map.Cast<DictionaryEntry>().Select(e => KeyValuePair.Create((string)e.Key, Write(e.Value)))),
            IEnumerable items => new JsonArray([.. items.Cast<object?>().Select(Write)]),
            _ when value.GetType().GetCustomAttribute<KeywordAttribute>() is { } keyword => new JsonObject
            {
                [keyword.Word] = Properties(value),
            },
            _ => Properties(value),
        };

    private static JsonObject Properties(object value)
    {
        var json = new JsonObject();
        foreach (var property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
            if (property is { CanRead: true, CanWrite: true })
                json.Add(JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name), Write(property.GetValue(value)));
        return json;
    }

    private static string Word(Enum value)
    {
        var name = value.ToString();
        return value.GetType().GetField(name)?.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name
            ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
    }
}
