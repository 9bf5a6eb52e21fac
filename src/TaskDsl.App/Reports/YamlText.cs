using System.Text;
using System.Text.Json.Nodes;
using TaskDsl.Vocabulary;

namespace TaskDsl.App.Reports;

/// <summary>Prints JSON as the YAML that a person would write.</summary>
internal static class YamlText
{
    /// <summary>An object, one key a line.</summary>
    public static string Of(JsonObject value)
    {
        var text = new StringBuilder();
        Properties(text, value, 0);
        return text.ToString();
    }

    private static void Properties(StringBuilder text, JsonObject value, int indent)
    {
        foreach (var (key, item) in value)
        {
            if (item is null)
                continue; // Not set: what has no value is not written.
            text.Append(' ', indent).Append(Scalar(key)).Append(':');
            if (item is JsonObject { Count: > 0 } nested)
            {
                text.Append('\n');
                Properties(text, nested, indent + 2);
            }
            else
            {
                text.Append(' ').Append(Inline(item)).Append('\n');
            }
        }
    }

    private static string Inline(JsonNode? item) =>
        item switch
        {
            null => "null",
            JsonArray items => $"[{string.Join(", ", items.Select(Inline))}]",
            JsonObject properties =>
                $"{{{string.Join(", ", properties.Where(p => p.Value is not null).Select(p => $"{Scalar(p.Key)}: {Inline(p.Value)}"))}}}",
            JsonValue value when value.TryGetValue<string>(out var s) => Scalar(s),
            _ => item.ToJsonString(),
        };

    /// <summary>A text is quoted where its bare form would read as something else.</summary>
    private static string Scalar(string text) =>
        text.Length > 0
        && (char.IsLetter(text[0]) || text[0] is '/' or '_' or '.')
        && text.All(c => char.IsLetterOrDigit(c) || c is '_' or '-' or '.' or '/' or '*' or '<' or '>' or '|' or ' ')
        && text[^1] != ' '
        && text is not ("true" or "false" or "null" or "yes" or "no" or "on" or "off")
            ? text
            : System.Text.Json.JsonSerializer.Serialize(text, DefinitionJson.Options);
}
