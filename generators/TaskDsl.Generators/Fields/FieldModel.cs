using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Fields;

/// <summary>A field.</summary>
/// <param name="Name">The name in the YAML.</param>
/// <param name="Property">The property in C#.</param>
/// <param name="Type">Its type.</param>
/// <param name="Summary">What it means.</param>
/// <param name="TypeName">The generated enum (labels, entity kinds) or record, nested in the task's class; empty for other types.</param>
/// <param name="Labels">The labels or entity kinds.</param>
/// <param name="Fields">The fields of a record.</param>
/// <param name="Of">For entities, the input field that they are copied from.</param>
public sealed record FieldModel(
    string Name,
    string Property,
    FieldType Type,
    string Summary,
    string TypeName,
    EquatableArray<LabelModel> Labels,
    EquatableArray<FieldModel> Fields,
    string? Of
);
