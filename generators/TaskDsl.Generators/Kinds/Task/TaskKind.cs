using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Columns;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Emission;
using TaskDsl.Generators.Flow;
using TaskDsl.Generators.Values;
using TaskDsl.Generators.Vocabulary;

namespace TaskDsl.Generators.Kinds.Task;

/// <summary><c>*.task.yaml</c>: a class with typed records and what reads, writes and scores them.</summary>
public sealed record TaskKind() : DocumentKind(Name)
{
    /// <summary>The word.</summary>
    public const string Name = "task";

    /// <inheritdoc/>
    public override string Package => "TaskDsl";

    /// <inheritdoc/>
    public override string Compiled => "TaskDsl.Tasks.DslTask";

    /// <inheritdoc/>
    public override string Listing => "Tasks";

    /// <inheritdoc/>
    public override bool HasShape => true;

    /// <inheritdoc/>
    public override string ClassName(string name) => Names.Pascal(name)!;

    /// <inheritdoc/>
    public override string Member(string name) => "Task";

    /// <inheritdoc/>
    public override DocumentShape? Shape(BoundRecord value, string path, VocabularyModel vocabulary, List<Problem> problems) =>
        TaskReader.Read(value, path, vocabulary, problems);

    /// <inheritdoc/>
    public override string Emit(ScopedDocument document, EmitContext context) =>
        TaskEmitter.Emit((TaskModel)document.Document.Summary.Shape!, document.Document.Value!, context);

    /// <summary>Whether it is a task that takes examples from files.</summary>
    public static bool HasSources(BoundDocument document) =>
        document is { Summary.Shape: TaskModel, Value: { } task } && task.Items("examples").Any();

    /// <summary>The files, as paths or patterns, that a task takes examples from.</summary>
    public static IEnumerable<SourcePath> Sources(BoundDocument document) =>
        document is { Summary.Shape: TaskModel task, Value: { } value } ? SourcePaths.Of(value, task.Fields) : [];

    /// <summary>What a task without a mistake says of its sources and their first lines do not.</summary>
    public static IEnumerable<Problem> Check(BoundDocument document, EquatableArray<FileStart> starts) =>
        document is { Summary.Shape: TaskModel task, Value: { } value } && !document.Problems.Any(p => p.IsError)
            ? SourceChecks.Of(document.File.Path, value, task.Fields, task.Languages[0], starts)
            : [];
}
