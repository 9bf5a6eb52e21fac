using TaskDsl.Generators.Yaml;

namespace TaskDsl.Generators.Binding;

/// <summary>YAML's null, where it is allowed.</summary>
public sealed record BoundNull(YamlNode Node) : BoundValue(Node);
