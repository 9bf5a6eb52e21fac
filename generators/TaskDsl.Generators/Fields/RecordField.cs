using TaskDsl.Generators.Scriban.Types;

namespace TaskDsl.Generators.Fields;

/// <summary><c>record</c>: the fields that it declares, a record in C#.</summary>
public sealed record RecordField : FieldType
{
    /// <inheritdoc/>
    public override string Word => "record";

    /// <inheritdoc/>
    public override bool IsOneItem => false;

    /// <inheritdoc/>
    public override bool HasFields => true;

    /// <inheritdoc/>
    public override string TypeName(FieldNames names, string wished, bool isItem) =>
        names.Type(isItem ? wished + "Item" : wished, "Record");

    /// <inheritdoc/>
    public override string CSharp(FieldModel field) => field.TypeName;

    /// <inheritdoc/>
    public override string Reader(FieldModel field) => $"Read{field.TypeName}";

    /// <inheritdoc/>
    public override string Writer(FieldModel field) => $"Write{field.TypeName}";

    /// <inheritdoc/>
    public override string Read(FieldModel field, string reader) => $"{Reader(field)}(ref {reader})";

    /// <inheritdoc/>
    public override string Write(FieldModel field, string writer, string value) => $"{Writer(field)}(ref {writer}, {value})";

    /// <inheritdoc/>
    public override string Grammar(FieldModel field, string? source) => $"{field.TypeName}Grammar(language)";

    /// <inheritdoc/>
    public override string Item(FieldModel field, string path, string value) => $"Add(items, {path}, {value})";

    /// <inheritdoc/>
    public override TemplateType Template(FieldModel field, Func<FieldModel, LabelType> label) =>
        new RecordType(new(field.Fields.Select(inner => inner.Template(label))));
}
