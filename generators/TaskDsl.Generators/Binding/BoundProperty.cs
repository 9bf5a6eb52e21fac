using TaskDsl.Generators.Vocabulary;
using TaskDsl.Generators.Yaml;

namespace TaskDsl.Generators.Binding;

/// <summary>A property that the YAML gives.</summary>
/// <param name="Property">Which.</param>
/// <param name="Key">Where its name stands; where a bare value stands for it, that value.</param>
/// <param name="Value">Its value.</param>
public sealed record BoundProperty(PropertyModel Property, YamlNode Key, BoundValue Value);
