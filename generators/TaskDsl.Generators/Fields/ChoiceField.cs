using TaskDsl.Generators.Emission;
using TaskDsl.Generators.Scriban.Types;

namespace TaskDsl.Generators.Fields;

/// <summary>
/// <c>choice</c>: one of the options that a record brings, in the list of the input that <c>of</c> names; a text in C#, or where
/// <c>any_of</c> says that several may be right a list of them. Prompts and answers have letters for them.
/// </summary>
public sealed record ChoiceField : FieldType
{
    /// <inheritdoc/>
    public override string Word => "choice";

    /// <inheritdoc/>
    public override bool IsChosen => true;

    /// <inheritdoc/>
    public override string Format => "choice";

    /// <summary>C# of a record's options under their letters.</summary>
    /// <param name="of">The field of the input that has them.</param>
    /// <param name="task">C# of the task.</param>
    /// <param name="input">C# of the input, with its type.</param>
    public static string Options(FieldModel of, string task, string input) =>
        $"global::TaskDsl.Codecs.LetteredOptions.Of({task}, input, {CodeWriter.Literal(of.Name)}, {input}.{of.Property})";

    /// <inheritdoc/>
    public override string Source(FieldModel of) => Options(of, "this", "((Input)input)");

    /// <inheritdoc/>
    public override string CheckCopied(FieldModel field, string value, string source) =>
        "global::TaskDsl.Codecs.LetteredOptions.Check("
        + $"{CodeWriter.Literal(field.Name)}, {value}, {CodeWriter.Literal(field.Of!)}, {source})";

    /// <inheritdoc/>
    public override string CSharp(FieldModel field) => field.AnyOf ? "global::TaskDsl.Tasks.ValueList<string>" : "string";

    /// <inheritdoc/>
    public override string Read(FieldModel field, string reader) => $"{reader}.{(field.AnyOf ? "ReadChoices" : "ReadChoice")}()";

    /// <inheritdoc/>
    public override string Write(FieldModel field, string writer, string value) =>
        $"{writer}.{(field.AnyOf ? "WriteChoices" : "WriteText")}({value})";

    /// <inheritdoc/>
    public override string Parsed(FieldModel field, string value) => field.AnyOf ? $"[{value}]" : value;

    /// <inheritdoc/>
    public override string Grammar(FieldModel field, string? source) => Json($"Choice({source})");

    /// <inheritdoc/>
    public override string Item(FieldModel field, string path, string value) =>
        field.AnyOf
            ? $"items.Add({path}, {value}, static (items, field, value) => items.Add(field, value))"
            : base.Item(field, path, value);

    /// <inheritdoc/>
    public override TemplateType Template(FieldModel field, Func<FieldModel, LabelType> label) =>
        field.AnyOf ? new ListType(TemplateType.Text) : TemplateType.Text;
}
