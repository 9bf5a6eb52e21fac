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
    public static JsonNode? Write(object? value) => Write(value, _ => true);

    /// <summary>A value as JSON without some properties, wherever they stand in it.</summary>
    /// <param name="value">The value.</param>
    /// <param name="which">Whether a property is written.</param>
    public static JsonNode? Write(object? value, Func<PropertyInfo, bool> which) =>
        value switch
        {
            null => null,
            bool b => b,
            string s => s,
            Enum e => Word(e),
            int or long or double or float => JsonSerializer.SerializeToNode(value, DefinitionJson.Options),
            TimeSpan t => t.ToString("c", CultureInfo.InvariantCulture),
            INamed named => named.Name,
            IExpression expression => expression.Text,
            IDictionary map => new JsonObject(map.Keys.Cast<string>().Select(key => KeyValuePair.Create(key, Write(map[key], which)))),
            IEnumerable items => new JsonArray([.. items.Cast<object?>().Select(item => Write(item, which))]),
            _ when value.GetType().GetCustomAttribute<KeywordAttribute>() is { } keyword => new JsonObject
            {
                [keyword.Word] = Properties(value, which),
            },
            _ => Properties(value, which),
        };

    private static JsonObject Properties(object value, Func<PropertyInfo, bool> which)
    {
        var json = new JsonObject();
        foreach (var property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
            if (property is { CanRead: true, CanWrite: true } && which(property))
                json.Add(JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name), Write(property.GetValue(value), which));
        return json;
    }

    private static string Word(Enum value)
    {
        var name = value.ToString();
        return value.GetType().GetField(name)?.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name
            ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
    }
}
