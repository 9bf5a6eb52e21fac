using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Kinds.Task;

/// <summary>What a task's YAML says of its shape: value-equal and without positions, so that prompts can depend on it.</summary>
/// <param name="Name">The name in the YAML.</param>
/// <param name="ClassName">The generated class, without namespace.</param>
/// <param name="Summary">What the task is for.</param>
/// <param name="Languages">The language tags; the first is the default.</param>
/// <param name="Input">The input's fields.</param>
/// <param name="Output">The output's fields.</param>
/// <param name="Format">The member of <c>OutputFormat</c> that the output is written in.</param>
public sealed record TaskModel(
    string Name,
    string ClassName,
    string Summary,
    EquatableArray<string> Languages,
    EquatableArray<FieldModel> Input,
    EquatableArray<FieldModel> Output,
    string Format
);

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

/// <summary>The kinds of field types.</summary>
public enum FieldKind
{
    Text,
    String,
    Int,
    Float,
    Bool,
    Label,
    Labels,
    Entities,
    Record,
    List,
}

/// <summary>A field's type.</summary>
/// <param name="Kind">What it holds.</param>
/// <param name="IsOptional">Whether it may be absent.</param>
/// <param name="Element">The type of a list's items.</param>
public sealed record FieldType(FieldKind Kind, bool IsOptional = false, FieldType? Element = null);

/// <summary>A label or an entity kind.</summary>
/// <param name="Key">The key in the YAML.</param>
/// <param name="Member">The member of the generated enum.</param>
/// <param name="Surfaces">The surface form in each of the task's languages, in their order.</param>
/// <param name="Summary">What it means.</param>
public sealed record LabelModel(string Key, string Member, EquatableArray<string> Surfaces, string Summary);
