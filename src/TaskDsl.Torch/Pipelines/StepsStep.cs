using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines;

/// <summary>
/// A group of steps, in the place of a verb: what it makes is <c>$group.name</c> outside, and <c>$name</c> among them. It has no result of
/// its own.
/// </summary>
[Keyword("steps")]
public sealed record StepsStep : Step
{
    /// <summary>The steps by their names.</summary>
    [Shorthand, Length(1, 1000)]
    public required IReadOnlyDictionary<string, PipelineStep> Steps { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, PipelineStep> Group => Steps;

    /// <inheritdoc/>
    public override void Shape(StepShape shape) { }

    /// <summary>Nothing: what runs are its steps.</summary>
    public override void Run(StepContext step) { }
}
