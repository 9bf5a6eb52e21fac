using TaskDsl.Generators.Yaml;

namespace TaskDsl.Generators.Binding;

/// <summary>An entry of a map.</summary>
public sealed record BoundEntry(YamlScalar Key, BoundValue Value);
