using TaskDsl.Generators.Scriban.Types;
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
/// <param name="Of">For entities, the input field that they are copied from; for a choice, the one that has the options.</param>
public sealed record FieldModel(
    string Name,
    string Property,
    FieldType Type,
    string Summary,
    string TypeName,
    EquatableArray<LabelModel> Labels,
    EquatableArray<FieldModel> Fields,
    string? Of
)
{
    /// <summary>For a choice, whether several options may be right.</summary>
    public bool AnyOf { get; init; }

    /// <summary>For labels, how many there are at least.</summary>
    public int AtLeast { get; init; }

    /// <summary>What a C# field or parameter of it is typed as.</summary>
    public string CSharp => Type.Property(this);

    /// <summary>It and the fields inside it that have a generated type of their own, outer ones first.</summary>
    public IEnumerable<FieldModel> Generated => TypeName.Length == 0 ? [] : Fields.SelectMany(inner => inner.Generated).Prepend(this);

    /// <summary>What templates see of it.</summary>
    /// <param name="label">How a field's labels are printed.</param>
    public TemplateField Template(Func<FieldModel, LabelType> label) => new(Name, Property, Type.Template(this, label), Type.IsOptional);
}
