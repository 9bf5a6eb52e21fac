using TaskDsl.Generators.Vocabulary;
using TaskDsl.Generators.Yaml;

namespace TaskDsl.Generators.Binding;

/// <summary>A single value: a <see cref="bool"/>, <see cref="long"/>, <see cref="double"/>, <see cref="string"/> or <see cref="TimeSpan"/>.</summary>
public sealed record BoundScalar(YamlScalar Scalar, TypeRef Type, object Value) : BoundValue(Scalar);
