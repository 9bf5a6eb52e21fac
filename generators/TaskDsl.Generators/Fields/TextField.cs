using TaskDsl.Generators.Scriban.Types;

namespace TaskDsl.Generators.Fields;

/// <summary><c>text</c>: it may span lines.</summary>
public sealed record TextField : FieldType
{
    /// <inheritdoc/>
    public override string Word => "text";

    /// <inheritdoc/>
    public override bool IsText => true;

    /// <inheritdoc/>
    public override string Format => "text";

    /// <inheritdoc/>
    public override string CSharp(FieldModel field) => "string";

    /// <inheritdoc/>
    public override string Read(FieldModel field, string reader) => $"{reader}.ReadText()";

    /// <inheritdoc/>
    public override string Write(FieldModel field, string writer, string value) => $"{writer}.WriteText({value})";

    /// <inheritdoc/>
    public override string Grammar(FieldModel field, string? source) => Json("Text");

    /// <inheritdoc/>
    public override TemplateType Template(FieldModel field, Func<FieldModel, LabelType> label) => TemplateType.Text;
}
