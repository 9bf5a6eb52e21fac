using TaskDsl.Generators.Scriban.Types;

namespace TaskDsl.Generators.Fields;

/// <summary><c>float</c>, a <c>double</c> in C#.</summary>
public sealed record FloatField : FieldType
{
    /// <inheritdoc/>
    public override string Word => "float";

    /// <inheritdoc/>
    protected override bool IsValue => true;

    /// <inheritdoc/>
    public override string CSharp(FieldModel field) => "double";

    /// <inheritdoc/>
    public override string Read(FieldModel field, string reader) => $"{reader}.ReadFloat()";

    /// <inheritdoc/>
    public override string Write(FieldModel field, string writer, string value) => $"{writer}.WriteFloat({value})";

    /// <inheritdoc/>
    public override string Grammar(FieldModel field, string? source) => Json("Float");

    /// <inheritdoc/>
    public override TemplateType Template(FieldModel field, Func<FieldModel, LabelType> label) => TemplateType.Real;
}
