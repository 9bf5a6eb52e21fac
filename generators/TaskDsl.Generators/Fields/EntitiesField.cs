using TaskDsl.Generators.Emission;
using TaskDsl.Generators.Scriban.Types;
using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Fields;

/// <summary>
/// <c>entities</c>: texts, each of one of the kinds that the field declares; copied from the input where <c>of</c> says so.
/// </summary>
public sealed record EntitiesField : FieldType
{
    /// <inheritdoc/>
    public override string Word => "entities";

    /// <inheritdoc/>
    public override bool IsOneItem => false;

    /// <inheritdoc/>
    public override string LabelWord => "kind";

    /// <inheritdoc/>
    public override string LabelProperty => "kind";

    /// <inheritdoc/>
    public override bool IsCopied => true;

    /// <inheritdoc/>
    public override string CheckCopied(FieldModel field, string value, string source) =>
        "global::TaskDsl.Data.RecordReader.CheckCopied("
        + $"{CodeWriter.Literal(field.Name)}, {value}, {CodeWriter.Literal(field.Of!)}, {source})";

    /// <inheritdoc/>
    protected override string? RefuseLabel(string surface) => surface.IndexOf(':') >= 0 ? "a ':' divides kind and text" : null;

    /// <inheritdoc/>
    public override string Format => "entities";

    /// <inheritdoc/>
    public override string TypeName(FieldNames names, string wished, bool isItem) => names.Type(wished + "Kind", "Label");

    /// <inheritdoc/>
    public override string CSharp(FieldModel field) => $"global::TaskDsl.Tasks.ValueList<global::TaskDsl.Tasks.Entity<{field.TypeName}>>";

    /// <inheritdoc/>
    public override string Read(FieldModel field, string reader) => $"{reader}.ReadEntities({field.TypeName}Labels)";

    /// <inheritdoc/>
    public override string Write(FieldModel field, string writer, string value) =>
        $"{writer}.WriteEntities({field.TypeName}Labels, {value})";

    /// <inheritdoc/>
    public override string Grammar(FieldModel field, string? source) =>
        Json($"Entities({field.TypeName}Labels, language{(source is null ? "" : ", " + source)})");

    /// <inheritdoc/>
    public override string Item(FieldModel field, string path, string value) => $"items.Add({path}, {field.TypeName}Labels, {value})";

    /// <inheritdoc/>
    public override TemplateType Template(FieldModel field, Func<FieldModel, LabelType> label)
    {
        TemplateField[] fields = [new("kind", "Kind", label(field)), new("text", "Text", TemplateType.Text)];
        return new ListType(new RecordType(new EquatableArray<TemplateField>(fields)) { IsValue = true });
    }
}
