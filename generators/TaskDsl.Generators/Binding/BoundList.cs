using TaskDsl.Generators.Vocabulary;
using TaskDsl.Generators.Yaml;

namespace TaskDsl.Generators.Binding;

/// <summary>A sequence.</summary>
public sealed record BoundList(YamlNode Node, TypeRef Element, IReadOnlyList<BoundValue> Items) : BoundValue(Node);
