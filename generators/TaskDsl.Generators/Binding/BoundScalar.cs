using TaskDsl.Generators.Vocabulary;
using TaskDsl.Generators.Yaml;

namespace TaskDsl.Generators.Binding;

/// <summary>A single value.</summary>
/// <param name="Scalar">Where it stands.</param>
/// <param name="Type">The type that was wanted.</param>
/// <param name="Value">A bool, long, double, string or <see cref="TimeSpan"/>.</param>
public sealed record BoundScalar(YamlScalar Scalar, TypeRef Type, object Value) : BoundValue(Scalar);
