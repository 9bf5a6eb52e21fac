using System.Text.Json;

namespace TaskDsl.HuggingFace;

/// <summary>A part of a tokenizer's JSON file that knows where it stands, so that every error names the file and the construct.</summary>
internal readonly record struct JsonPart(string Source, string Path, JsonElement Value)
{
    /// <summary>The <c>type</c>.</summary>
    public string Type => Text("type") ?? throw Bad("has no type");

    public bool Has(string name) =>
        Value.ValueKind == JsonValueKind.Object && Value.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    public JsonPart this[string name] =>
        Has(name) ? new(Source, Path.Length == 0 ? name : $"{Path}.{name}", Value.GetProperty(name)) : throw Bad($"has no '{name}'");

    public JsonPart? Find(string name) => Has(name) ? this[name] : null;

    public IEnumerable<JsonPart> Items()
    {
        if (Value.ValueKind != JsonValueKind.Array)
            throw Bad("is no list");
        var (source, path) = (Source, Path);
        return Value.EnumerateArray().Select((item, i) => new JsonPart(source, $"{path}[{i}]", item));
    }

    /// <summary>
    /// The part, which must have no other keys than these and its type: what a newer library writes may change the tokens. Unset (null,
    /// false, empty), it does not.
    /// </summary>
    /// <param name="known">The keys that are read, or change no token.</param>
    public JsonPart Only(params ReadOnlySpan<string> known)
    {
        if (Value.ValueKind != JsonValueKind.Object)
            throw Bad("is no object");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var key in Value.EnumerateObject())
        {
            if (!seen.Add(key.Name))
                throw Bad($"has '{key.Name}' twice");
            if (key.Name != "type" && !known.Contains(key.Name) && key.Value.GetRawText() is not ("null" or "false" or "[]" or "{}"))
                throw this[key.Name]
                    .Bad("is not known here, and may change the tokens. Take it out of the file if you know that it does not");
        }

        return this;
    }

    public string? Text(string name) => Find(name)?.String();

    public bool Flag(string name, bool otherwise = false) =>
        Find(name) is { } part
            ? part.Value.ValueKind switch
            {
                JsonValueKind.True => true,
                JsonValueKind.False => false,
                _ => throw part.Bad("is neither true nor false"),
            }
            : otherwise;

    public string String() => Value.ValueKind == JsonValueKind.String ? Value.GetString()! : throw Bad("is no text");

    public int Number() =>
        Value.ValueKind == JsonValueKind.Number && Value.TryGetInt32(out var number) ? number : throw Bad("is no whole number");

    public int Number(string name, int otherwise) => Find(name)?.Number() ?? otherwise;

    public int Id() => Number() is >= 0 and < 1 << 24 and var id ? id : throw Bad("is no token id");

    /// <summary>One character.</summary>
    public char Character() => String() is [var c] ? c : throw Bad("is not one character");

    public ModelException Bad(string problem) => new($"{Source}: {(Path.Length == 0 ? "it" : $"'{Path}'")} {problem}.");

    public ModelException Unsupported(string expected) => Bad($"is of the type '{Type}', which is not supported; expected {expected}");
}
