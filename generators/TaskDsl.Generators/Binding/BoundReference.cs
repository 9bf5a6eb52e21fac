using TaskDsl.Generators.Yaml;

namespace TaskDsl.Generators.Binding;

/// <summary>The name of another definition.</summary>
public sealed record BoundReference(YamlScalar Scalar, string Kind, string Name) : BoundValue(Scalar);
