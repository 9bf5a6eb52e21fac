using System.Text;
using System.Text.Json;
using TaskDsl.Unicode;

namespace TaskDsl.Data;

/// <summary>Says where in a record something stands. Only errors ask, so the path is found by reading the record once more.</summary>
internal static class RecordPath
{
    /// <summary>The path of the value (or of the object around the property name) that begins at a byte, as <c>facts[2].kind</c>.</summary>
    public static string Of(ReadOnlySpan<byte> utf8, long position, ColumnMap? columns)
    {
        var json = new Utf8JsonReader(utf8);
        var path = new List<Step>();
        try
        {
            while (json.Read())
            {
                var end = json.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray;
                if (end)
                    path.RemoveAt(path.Count - 1);
                else if (json.TokenType != JsonTokenType.PropertyName && path is [.., { Name: null } list])
                    path[^1] = list with { Index = list.Index + 1 };

                if (json.TokenStartIndex >= position)
                {
                    if (json.TokenType == JsonTokenType.PropertyName && path.Count > 0)
                        path.RemoveAt(path.Count - 1);
                    break;
                }

                switch (json.TokenType)
                {
                    case JsonTokenType.StartObject:
                        path.Add(new Step("", 0));
                        break;
                    case JsonTokenType.StartArray:
                        path.Add(new Step(null, -1));
                        break;
                    case JsonTokenType.PropertyName:
                        path[^1] = new Step((path.Count == 1 ? columns?.FieldOf(ref json) : null) ?? json.GetString(), 0);
                        break;
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The path so far is the best there is: the caller's error says what is broken.
        }

        var text = new StringBuilder();
        foreach (var step in path)
        {
            if (step.Name is null)
                text.Append('[').Append(Math.Max(step.Index, 0)).Append(']');
            else if (step.Name.Length > 0)
                text.Append(text.Length > 0 ? "." : "").Append(step.Name);
        }

        return text.ToString();
    }

    /// <summary>A path with a name behind it.</summary>
    public static string Join(string path, string name) =>
        path.Length == 0 ? name
        : name.Length == 0 ? path
        : $"{path}.{name}";

    /// <summary>The value that a reader stands on, for messages.</summary>
    public static string Describe(in Utf8JsonReader json) =>
        json.TokenType switch
        {
            JsonTokenType.String => $"the text {Quote(Encoding.UTF8.GetString(json.ValueSpan))}",
            JsonTokenType.Number => $"the number {Clip(Encoding.UTF8.GetString(json.ValueSpan))}",
            JsonTokenType.True => "true",
            JsonTokenType.False => "false",
            JsonTokenType.Null => "null",
            JsonTokenType.StartObject => "an object",
            JsonTokenType.StartArray => "a list",
            _ => "nothing",
        };

    /// <summary>A text in quotes, cut where it is long.</summary>
    public static string Quote(string text) => $"'{Clip(Visible.Of(text.ReplaceLineEndings(" ")))}'";

    private static string Clip(string text) => text.Length <= 60 ? text : $"{text[..(char.IsHighSurrogate(text[58]) ? 58 : 59)]}…";

    /// <param name="Name">The property; empty before the first, null in a list.</param>
    /// <param name="Index">The item of a list.</param>
    private readonly record struct Step(string? Name, int Index);
}
