using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Emission;
using TaskDsl.Generators.Flow;
using TaskDsl.Generators.Kinds.Task;

namespace TaskDsl.Generators.Kinds.Prompt;

/// <summary><c>*.prompt.yaml</c>: a class of compiled templates over the input of its task.</summary>
public sealed record PromptKind() : DocumentKind("prompt")
{
    /// <inheritdoc/>
    public override string Package => "TaskDsl";

    /// <inheritdoc/>
    public override string Compiled => "TaskDsl.Prompts.Prompt";

    /// <inheritdoc/>
    public override string Listing => "Prompts";

    /// <inheritdoc/>
    public override string ClassName(string name) => Names.Pascal(name)! + "Prompt";

    /// <inheritdoc/>
    public override string Member(string name) => "Default";

    /// <inheritdoc/>
    public override BoundReference? Base(BoundRecord value) => value["task"] as BoundReference;

    /// <inheritdoc/>
    public override string? Emit(ScopedDocument document, EmitContext context) =>
        document.Base is TaskModel task ? PromptEmitter.Emit(document.Document.Value!, task, context) : null;
}
