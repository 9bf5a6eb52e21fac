using TaskDsl.Generators.Scriban.Types;

namespace TaskDsl.Generators.Fields;

/// <summary><c>string</c>: one line.</summary>
public sealed record StringField : FieldType
{
    /// <inheritdoc/>
    public override string Word => "string";

    /// <inheritdoc/>
    public override bool IsText => true;

    /// <inheritdoc/>
    public override string Format => "text";

    /// <inheritdoc/>
    public override string CSharp(FieldModel field) => "string";

    /// <inheritdoc/>
    public override string Read(FieldModel field, string reader) => $"{reader}.ReadString()";

    /// <inheritdoc/>
    public override string Write(FieldModel field, string writer, string value) => $"{writer}.WriteText({value})";

    /// <inheritdoc/>
    public override string Grammar(FieldModel field, string? source) => Json("Text");

    /// <inheritdoc/>
    public override TemplateType Template(FieldModel field, Func<FieldModel, LabelType> label) => TemplateType.Text;
}
