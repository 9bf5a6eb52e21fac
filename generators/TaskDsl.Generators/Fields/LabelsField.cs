using TaskDsl.Generators.Scriban.Types;

namespace TaskDsl.Generators.Fields;

/// <summary><c>labels</c>: any of the labels that the field declares.</summary>
public sealed record LabelsField : FieldType
{
    /// <inheritdoc/>
    public override string Word => "labels";

    /// <inheritdoc/>
    public override bool IsOneItem => false;

    /// <inheritdoc/>
    public override string LabelWord => "label";

    /// <inheritdoc/>
    protected override string? RefuseLabel(string surface) => surface == "-" ? "'-' stands for no label at all" : null;

    /// <inheritdoc/>
    public override string Format => "labels";

    /// <inheritdoc/>
    public override string TypeName(FieldNames names, string wished, bool isItem) => names.Type(wished, "Label");

    /// <inheritdoc/>
    public override string CSharp(FieldModel field) => $"global::TaskDsl.Tasks.LabelSet<{field.TypeName}>";

    /// <inheritdoc/>
    public override string Read(FieldModel field, string reader) => $"{reader}.ReadLabels({field.TypeName}Labels)";

    /// <inheritdoc/>
    public override string Write(FieldModel field, string writer, string value) => $"{writer}.WriteLabels({field.TypeName}Labels, {value})";

    /// <inheritdoc/>
    public override string Grammar(FieldModel field, string? source) => Json($"Labels({field.TypeName}Labels, language)");

    /// <inheritdoc/>
    public override string Item(FieldModel field, string path, string value) => $"items.Add({path}, {field.TypeName}Labels, {value})";

    /// <inheritdoc/>
    public override TemplateType Template(FieldModel field, Func<FieldModel, LabelType> label) => new ListType(label(field));
}
