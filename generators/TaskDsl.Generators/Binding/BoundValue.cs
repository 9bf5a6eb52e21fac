using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Vocabulary;
using TaskDsl.Generators.Yaml;

namespace TaskDsl.Generators.Binding;

/// <summary>A value of the YAML that fits its type.</summary>
/// <param name="Node">Where it stands.</param>
public abstract record BoundValue(YamlNode Node)
{
    /// <summary>Where it stands.</summary>
    public SourceSpan Span => Node.Span;
}

/// <summary>YAML's null, where it is allowed.</summary>
public sealed record BoundNull(YamlNode Node) : BoundValue(Node);

/// <summary>A single value: a <see cref="bool"/>, <see cref="long"/>, <see cref="double"/>, <see cref="string"/> or <see cref="TimeSpan"/>.</summary>
public sealed record BoundScalar(YamlScalar Scalar, TypeRef Type, object Value) : BoundValue(Scalar);

/// <summary>A word of an enum.</summary>
public sealed record BoundEnum(YamlScalar Scalar, EnumModel Type, EnumMemberModel Member) : BoundValue(Scalar);

/// <summary>The name of another definition.</summary>
public sealed record BoundReference(YamlScalar Scalar, string Kind, string Name) : BoundValue(Scalar);

/// <summary>A sequence.</summary>
public sealed record BoundList(YamlNode Node, TypeRef Element, IReadOnlyList<BoundValue> Items) : BoundValue(Node);

/// <summary>A mapping with keys of the user's own.</summary>
public sealed record BoundMap(YamlNode Node, TypeRef Element, IReadOnlyList<BoundEntry> Entries) : BoundValue(Node);

/// <summary>An entry of a map.</summary>
public sealed record BoundEntry(YamlScalar Key, BoundValue Value);

/// <summary>A record.</summary>
public sealed record BoundRecord(YamlNode Node, RecordModel Type, IReadOnlyList<BoundProperty> Properties) : BoundValue(Node)
{
    /// <summary>The value of a property, by its YAML name; null where it is not given.</summary>
    public BoundValue? this[string key] => Properties.FirstOrDefault(p => p.Property.Key == key)?.Value;

    /// <summary>A text property; null where it is not given.</summary>
    public string? Text(string key) => (this[key] as BoundScalar)?.Value as string;

    /// <summary>The items of a list property; empty where it is not given.</summary>
    public IReadOnlyList<BoundValue> Items(string key) => (this[key] as BoundList)?.Items ?? [];

    /// <summary>The entries of a map property; empty where it is not given.</summary>
    public IReadOnlyList<BoundEntry> Entries(string key) => (this[key] as BoundMap)?.Entries ?? [];
}

/// <summary>A property that the YAML gives.</summary>
/// <param name="Property">Which.</param>
/// <param name="Key">Where its name stands; where a bare value stands for it, that value.</param>
/// <param name="Value">Its value.</param>
public sealed record BoundProperty(PropertyModel Property, YamlNode Key, BoundValue Value);
