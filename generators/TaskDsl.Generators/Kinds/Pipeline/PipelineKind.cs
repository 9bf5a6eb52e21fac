using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Flow;
using TaskDsl.Generators.Kinds.Definition;
using TaskDsl.Generators.Vocabulary;

namespace TaskDsl.Generators.Kinds.Pipeline;

/// <summary><c>*.pipeline.yaml</c>: a record whose steps name each other, and whose stages are over the tasks of their steps.</summary>
public sealed record PipelineKind() : DefinitionKind("pipeline", "TaskDsl.Torch")
{
    private const string Metric = "global::TaskDsl.Metrics.Counting.Metric";

    /// <inheritdoc/>
    public override bool SeesShapes(BoundRecord value) => true;

    /// <inheritdoc/>
    public override DocumentShape? Shape(BoundRecord value, string path, VocabularyModel vocabulary, List<Problem> problems)
    {
        // Of what has a mistake already, what seems to be missing may only be misspelt: one mistake, one problem.
        var graph = new StepGraph(value);
        IReadOnlyList<string> metrics =
        [
            .. vocabulary.Choices.Where(c => c.Name == Metric).SelectMany(c => c.Keywords).Select(k => k.Word),
        ];
        graph.CheckSigns(path, problems);
        if (!problems.Any(p => p.IsError))
            graph.Check(path, metrics, problems);
        if (!problems.Any(p => p.IsError))
            Expectations.Check(value, graph, metrics, path, problems);
        return null;
    }

    /// <inheritdoc/>
    public override string? Emit(ScopedDocument document, EmitContext context) => PipelineEmitter.Emit(document, context);
}
