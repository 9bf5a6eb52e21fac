using System.Text.Json;
using System.Text.Json.Nodes;

namespace TaskDsl.HuggingFace;

/// <summary>
/// Reads <c>config.json</c> strictly: what is missing, of a wrong type or not supported is an error that names file and setting.
/// </summary>
internal sealed class ConfigJson(string path, JsonObject json)
{
    public string Path { get; } = path;

    public JsonObject Json { get; } = json;

    private readonly HashSet<string> asked = new(StringComparer.Ordinal);

    /// <summary>What holds where the file says nothing, not even null; null = nothing does.</summary>
    public JsonObject? Defaults { get; set; }

    /// <summary>The settings that nothing asked for.</summary>
    public IEnumerable<string> Unasked => Json.Select(setting => setting.Key).Where(name => !asked.Contains(name));

    public bool Has(string name) => Value(name) is not null;

    public int Int(string name, int? otherwise = null)
    {
        if (Value(name) is not { } value)
            return otherwise ?? throw Missing(name);
        return
            value is JsonValue v
            && (
                v.TryGetValue<int>(out var n)
                || (v.TryGetValue<double>(out var d) && d == Math.Floor(d) && Math.Abs(d) < int.MaxValue && (n = (int)d) == d)
            )
            ? n
            : throw Wrong(name, "a whole number");
    }

    /// <summary>A whole number that may be missing or null.</summary>
    public int? MaybeInt(string name) => Has(name) ? Int(name) : null;

    public double Number(string name, double? otherwise = null)
    {
        if (Value(name) is not { } value)
            return otherwise ?? throw Missing(name);
        return value.GetValueKind() == JsonValueKind.Number ? value.Deserialize<double>() : throw Wrong(name, "a number");
    }

    public bool Flag(string name, bool otherwise = false)
    {
        if (Value(name) is not { } value)
            return otherwise;
        return value.GetValueKind() is JsonValueKind.True or JsonValueKind.False
            ? value.Deserialize<bool>()
            : throw Wrong(name, "true or false");
    }

    public string Text(string name, string? otherwise = null)
    {
        if (Value(name) is not { } value)
            return otherwise ?? throw Missing(name);
        return value.GetValueKind() == JsonValueKind.String ? value.Deserialize<string>()! : throw Wrong(name, "a text");
    }

    public IReadOnlyList<string> Texts(string name)
    {
        if (Value(name) is not { } value)
            return [];
        return value is JsonArray all && all.All(t => t?.GetValueKind() == JsonValueKind.String)
            ? [.. all.Select(t => t!.Deserialize<string>()!)]
            : throw Wrong(name, "a list of texts");
    }

    public double[] Numbers(string name)
    {
        if (Value(name) is not { } value)
            throw Missing(name);
        return value is JsonArray all && all.All(t => t?.GetValueKind() == JsonValueKind.Number)
            ? [.. all.Select(t => t!.Deserialize<double>())]
            : throw Wrong(name, "a list of numbers");
    }

    /// <summary>A token id, several, or none.</summary>
    public IReadOnlyList<int> Ids(string name) =>
        Value(name) switch
        {
            null => [],
            JsonArray all => [.. all.Select(t => t is JsonValue v && v.TryGetValue<int>(out var id) ? id : throw Wrong(name, "token ids"))],
            _ => [Int(name)],
        };

    public ConfigJson? Part(string name) =>
        Value(name) switch
        {
            null => null,
            JsonObject part => new ConfigJson($"{Path}: {name}", part),
            _ => throw Wrong(name, "an object"),
        };

    /// <summary>Refuses a setting that would change the numbers.</summary>
    public void Only(string name, bool value)
    {
        if (Flag(name, value) != value)
            throw Bad($"{name} is {(!value ? "true" : "false")}; only {(value ? "true" : "false")} is supported.");
    }

    /// <inheritdoc cref="Only(string, bool)"/>
    public void Only(string name, string value)
    {
        if (Text(name, value) != value)
            throw Bad($"{name} is '{Text(name)}'; only '{value}' is supported.");
    }

    public ModelException Bad(string problem) => new($"{Path}: {problem}");

    private JsonNode? Value(string name)
    {
        asked.Add(name);
        return Json.TryGetPropertyValue(name, out var value) ? value : Defaults?[name];
    }

    private ModelException Missing(string name) => new($"{Path} lacks {name}.");

    private ModelException Wrong(string name, string expected) =>
        new($"{Path}: {name} is {Value(name)!.ToJsonString()}; expected {expected}.");
}
