namespace TaskDsl.Generators.Fields;

/// <summary>A field's type.</summary>
/// <param name="Kind">What it holds.</param>
/// <param name="IsOptional">Whether it may be absent.</param>
/// <param name="Element">The type of a list's items.</param>
public sealed record FieldType(FieldKind Kind, bool IsOptional = false, FieldType? Element = null);
