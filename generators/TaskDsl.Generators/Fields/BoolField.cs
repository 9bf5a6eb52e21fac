using TaskDsl.Generators.Scriban.Types;

namespace TaskDsl.Generators.Fields;

/// <summary><c>bool</c>.</summary>
public sealed record BoolField : FieldType
{
    /// <inheritdoc/>
    public override string Word => "bool";

    /// <inheritdoc/>
    protected override bool IsValue => true;

    /// <inheritdoc/>
    public override string CSharp(FieldModel field) => "bool";

    /// <inheritdoc/>
    public override string Read(FieldModel field, string reader) => $"{reader}.ReadBool()";

    /// <inheritdoc/>
    public override string Write(FieldModel field, string writer, string value) => $"{writer}.WriteBool({value})";

    /// <inheritdoc/>
    public override string Grammar(FieldModel field, string? source) => Json("Bool");

    /// <inheritdoc/>
    public override TemplateType Template(FieldModel field, Func<FieldModel, LabelType> label) => TemplateType.Bool;
}
