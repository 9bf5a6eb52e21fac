using TaskDsl.Generators.Definitions;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Emission;
using TaskDsl.Generators.Prompts;
using TaskDsl.Generators.Tasks;

namespace TaskDsl.Generators;

/// <summary>What a file compiles to.</summary>
/// <param name="Source">The C#; null where the file has mistakes that leave nothing to compile.</param>
/// <param name="Problems">Its mistakes.</param>
public sealed record Code(GeneratedSource? Source, EquatableArray<Problem> Problems)
{
    public static Code Emit(BoundDocument document, ProjectIndex index, EquatableArray<TaskModel> tasks, ProjectOptions options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (document is not { Value: { } value, Entry: { } entry } || index.Find(entry.Kind, entry.Name) is not { IsWhole: true } owner || owner.HintName != entry.HintName)
            return new Code(null, document.Problems);
        var context = new EmitContext(options.RootNamespace, document.File.Path, index);
        var text = document.File.Kind switch
        {
            "task" => TaskEmitter.Emit(document.Task!, value, context),
            "prompt" => Prompt(value, tasks, context),
            _ => DefinitionEmitter.Emit(value, entry, context),
        };
        return new Code(text is null ? null : new GeneratedSource(document.File.HintName, text), new(document.Problems.Concat(context.Problems)));
    }

    private static string? Prompt(Binding.BoundRecord prompt, EquatableArray<TaskModel> tasks, EmitContext context)
    {
        var reference = (Binding.BoundReference)prompt["task"]!;
        if (tasks.FirstOrDefault(t => t.Name == reference.Name) is { } task) return PromptEmitter.Emit(prompt, task, context);
        context.Report(Rules.UnknownReference, reference.Span, "task", reference.Name, Nearest.Suggest(reference.Name, tasks.Select(t => t.Name)));
        return null;
    }
}

/// <summary>A generated file.</summary>
public sealed record GeneratedSource(string HintName, string Text);
