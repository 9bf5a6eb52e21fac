using TaskDsl.Generators.Vocabulary;
using TaskDsl.Generators.Yaml;

namespace TaskDsl.Generators.Binding;

/// <summary>A word of an enum.</summary>
public sealed record BoundEnum(YamlScalar Scalar, EnumModel Type, EnumMemberModel Member) : BoundValue(Scalar);
