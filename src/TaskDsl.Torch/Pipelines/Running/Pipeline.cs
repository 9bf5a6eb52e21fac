using System.ComponentModel.DataAnnotations;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>Runs chained: named steps, each of which makes a model, examples of a task or a table, and what is expected of them.</summary>
[Document("pipeline")]
public sealed record Pipeline : Definition
{
    /// <summary>The steps by their names. <c>$name</c> is what a step makes, wherever a model or examples could stand.</summary>
    [Length(1, 1000)]
    public required IReadOnlyDictionary<string, PipelineStep> Steps { get; init; }

    /// <summary>
    /// What must hold at the end: <c>scores.student.accuracy &gt; scores.teacher.accuracy</c>, a path being
    /// <c>step.column[.task][.language].metric</c> and what is left out a mean. <c>&gt;</c> between two paths is paired by example and
    /// one-sided at 0.05; against a number the 95 % interval must exclude it; <c>~&gt;</c> compares the bare values.
    /// </summary>
    public IReadOnlyList<string> Expect { get; init; } = [];
}
