using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Kinds.Definition;
using TaskDsl.Generators.Kinds.Prompt;
using TaskDsl.Generators.Kinds.Task;
using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Flow;

/// <summary>What a file compiles to.</summary>
/// <param name="Source">The C#; null where the file has mistakes that leave nothing to compile.</param>
/// <param name="Problems">Its mistakes.</param>
public sealed record Code(GeneratedSource? Source, EquatableArray<Problem> Problems)
{
    public static Code Emit(ScopedDocument scoped, ProjectOptions options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var document = scoped.Document;
        var context = new EmitContext(options.RootNamespace, document.File.Path, scoped.Index);
        foreach (var reference in document.References)
            if (scoped.Index.Find(reference.Kind, reference.Name) is null)
                context.ReportUnknown(reference);

        var source = scoped.HintName is { } hint && Text(scoped, context) is { } text ? new GeneratedSource(hint, text) : null;
        return new Code(source, new(document.Problems.Concat(context.Problems)));
    }

    private static string? Text(ScopedDocument scoped, EmitContext context) =>
        scoped.Document.File.Kind switch
        {
            "task" => TaskEmitter.Emit(scoped.Document.Task!, scoped.Document.Value!, context),
            "prompt" => scoped.Task is { } task ? PromptEmitter.Emit(scoped.Document.Value!, task, context) : null,
            _ => DefinitionEmitter.Emit(scoped.Document.Value!, scoped.Document.Entry!, context),
        };
}

/// <summary>A generated file.</summary>
public sealed record GeneratedSource(string HintName, string Text);
