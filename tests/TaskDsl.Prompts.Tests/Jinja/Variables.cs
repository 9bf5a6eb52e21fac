using System.Text.Json;
using TaskDsl.HuggingFace.ChatTemplates.Jinja;

namespace TaskDsl.Prompts.Tests.Jinja;

/// <summary>JSON as what a template can read.</summary>
internal static class Variables
{
    public static DateTime Now { get; } = new(2024, 7, 26, 12, 0, 0);

    public static IEnumerable<(string, object?)> Of(JsonElement variables) =>
        variables.EnumerateObject().Select(p => (p.Name, Value(p.Value)));

    public static string Render(string template, string variables = "{}") =>
        JinjaTemplate.Parse(template).Render(Of(JsonDocument.Parse(variables).RootElement), Now).Value;

    private static object? Value(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                var dict = new Dict();
                foreach (var property in json.EnumerateObject())
                    dict[new Text(property.Name)] = Value(property.Value);
                return dict;
            case JsonValueKind.Array:
                return json.EnumerateArray().Select(Value).ToList();
            case JsonValueKind.String:
                return new Text(json.GetString()!);
            case JsonValueKind.Number:
                return json.TryGetInt64(out var whole) ? whole : (object)json.GetDouble();
            case JsonValueKind.Null:
                return null;
            default:
                return json.GetBoolean();
        }
    }
}
