using TaskDsl.Generators.Fields;
using TaskDsl.Generators.Flow;
using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Kinds.Task;

/// <summary>What a task's YAML says of its shape: value-equal and without positions, so that prompts can depend on it.</summary>
/// <param name="Name">The name in the YAML.</param>
/// <param name="ClassName">The generated class, without namespace; with it where the task is another project's.</param>
/// <param name="Summary">What the task is for.</param>
/// <param name="Languages">The language tags; the first is the default.</param>
/// <param name="Input">The input's fields.</param>
/// <param name="Output">The output's fields.</param>
/// <param name="Format">How the output is written.</param>
public sealed record TaskModel(
    string Name,
    string ClassName,
    string Summary,
    EquatableArray<string> Languages,
    EquatableArray<FieldModel> Input,
    EquatableArray<FieldModel> Output,
    AnswerFormat Format
) : DocumentShape
{
    /// <summary>The fields of input and output.</summary>
    public IReadOnlyList<FieldModel> Fields => [.. Input, .. Output];

    /// <summary>The fields inside the fields included that have a generated type of their own, outer ones first.</summary>
    public IEnumerable<FieldModel> Generated => Input.Concat(Output).SelectMany(inner => inner.Generated);

    /// <inheritdoc/>
    public override DocumentName Document => new(TaskKind.Name, Name);

    /// <inheritdoc/>
    public override DocumentShape Of(ReferencedProject project) => this with { ClassName = project.Global(ClassName) };
}
