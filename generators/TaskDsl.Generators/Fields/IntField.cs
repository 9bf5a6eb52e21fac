using TaskDsl.Generators.Scriban.Types;

namespace TaskDsl.Generators.Fields;

/// <summary><c>int</c>.</summary>
public sealed record IntField : FieldType
{
    /// <inheritdoc/>
    public override string Word => "int";

    /// <inheritdoc/>
    protected override bool IsValue => true;

    /// <inheritdoc/>
    public override string CSharp(FieldModel field) => "int";

    /// <inheritdoc/>
    public override string Read(FieldModel field, string reader) => $"{reader}.ReadInt()";

    /// <inheritdoc/>
    public override string Write(FieldModel field, string writer, string value) => $"{writer}.WriteInt({value})";

    /// <inheritdoc/>
    public override string Grammar(FieldModel field, string? source) => Json("Int");

    /// <inheritdoc/>
    public override TemplateType Template(FieldModel field, Func<FieldModel, LabelType> label) => TemplateType.Int;
}
