using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using TaskDsl.Vocabulary;

namespace TaskDsl.App.Reports;

/// <summary>Records as a page shows them.</summary>
internal static class SampleText
{
    /// <summary>A record's fields; what is no JSON is one field.</summary>
    public static IReadOnlyList<Fact> Fields(string input)
    {
        try
        {
            if (JsonNode.Parse(input) is JsonObject fields)
                return [.. fields.Select(f => new Fact(f.Key, Text(f.Value)))];
        }
        catch (JsonException)
        {
            // An input that is no JSON is shown as it is.
        }

        return [new Fact("input", input)];
    }

    private static string Text(JsonNode? value) =>
        value is JsonValue single && single.TryGetValue<string>(out var text) ? text : value?.ToJsonString(DefinitionJson.Options) ?? "";

    /// <summary>A text of at most so many characters, and how many there are more.</summary>
    public static string Cut(string text, int length)
    {
        if (text.Length <= length)
            return text;
        var end = char.IsHighSurrogate(text[length - 1]) ? length - 1 : length;
        return string.Create(CultureInfo.InvariantCulture, $"{text[..end]} … ({text.Length - end:N0} more characters)");
    }
}
