using TaskDsl.Generators.Vocabulary;
using TaskDsl.Generators.Yaml;

namespace TaskDsl.Generators.Binding;

/// <summary>A record.</summary>
public sealed record BoundRecord(YamlNode Node, RecordModel Type, IReadOnlyList<BoundProperty> Properties) : BoundValue(Node)
{
    /// <summary>Where it is said once for each of several values, what C# calls the cell that says which; else null.</summary>
    public string? Each { get; init; }

    /// <summary>The value of a property, by its YAML name; null where it is not given.</summary>
    public BoundValue? this[string key] => Properties.FirstOrDefault(p => p.Property.Key == key)?.Value;

    /// <summary>A text property; null where it is not given.</summary>
    public string? Text(string key) => (this[key] as BoundScalar)?.Value as string;

    /// <summary>The items of a list property; empty where it is not given.</summary>
    public IReadOnlyList<BoundValue> Items(string key) => (this[key] as BoundList)?.Items ?? [];

    /// <summary>The entries of a map property; empty where it is not given.</summary>
    public IReadOnlyList<BoundEntry> Entries(string key) => (this[key] as BoundMap)?.Entries ?? [];
}
