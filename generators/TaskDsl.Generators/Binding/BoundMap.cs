using TaskDsl.Generators.Vocabulary;
using TaskDsl.Generators.Yaml;

namespace TaskDsl.Generators.Binding;

/// <summary>A mapping with keys of the user's own.</summary>
public sealed record BoundMap(YamlNode Node, TypeRef Element, IReadOnlyList<BoundEntry> Entries) : BoundValue(Node);
