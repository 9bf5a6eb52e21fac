using TaskDsl.Generators.Scriban.Types;

namespace TaskDsl.Generators.Fields;

/// <summary><c>label</c>: one of the labels that the field declares, an enum in C#.</summary>
public sealed record LabelField : FieldType
{
    /// <inheritdoc/>
    public override string Word => "label";

    /// <inheritdoc/>
    public override string LabelWord => "label";

    /// <inheritdoc/>
    public override string Format => "label";

    /// <inheritdoc/>
    protected override bool IsValue => true;

    /// <inheritdoc/>
    public override string TypeName(FieldNames names, string wished, bool isItem) => names.Type(wished, "Label");

    /// <inheritdoc/>
    public override string CSharp(FieldModel field) => field.TypeName;

    /// <inheritdoc/>
    public override string Read(FieldModel field, string reader) => $"{reader}.ReadLabel({field.TypeName}Labels)";

    /// <inheritdoc/>
    public override string Write(FieldModel field, string writer, string value) => $"{writer}.WriteLabel({field.TypeName}Labels, {value})";

    /// <inheritdoc/>
    public override string Grammar(FieldModel field, string? source) => Json($"Label({field.TypeName}Labels, language)");

    /// <inheritdoc/>
    public override string Item(FieldModel field, string path, string value) => $"items.Add({path}, {field.TypeName}Labels, {value})";

    /// <inheritdoc/>
    public override TemplateType Template(FieldModel field, Func<FieldModel, LabelType> label) => label(field);
}
