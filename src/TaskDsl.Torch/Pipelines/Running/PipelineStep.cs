using TaskDsl.Data;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>A step of a pipeline: one verb, or a group of steps, and what is done with what it makes.</summary>
public sealed record PipelineStep
{
    /// <summary>What it does; of a swept step, what its first cell does.</summary>
    [Inline("verb")]
    public required Step Verb { get; init; }

    /// <summary>What is done with the examples that it makes, in order.</summary>
    public IReadOnlyList<Stage> Stages { get; init; } = [];

    /// <summary>Rounds of it. Default: it is done once.</summary>
    [DoesNotShape]
    public Repeat? Repeat { get; init; }

    /// <summary>Values that it is done with. Default: it is done with what it says.</summary>
    [DoesNotShape, Each]
    public Sweep? Sweep { get; init; }

    /// <summary>A step that is done with the values of a sweep.</summary>
    /// <param name="sweep">The values.</param>
    /// <param name="step">The step of a cell.</param>
    public static PipelineStep Swept(Sweep sweep, Func<Cell, PipelineStep> step)
    {
        ArgumentNullException.ThrowIfNull(sweep);
        ArgumentNullException.ThrowIfNull(step);
        if (sweep.Cells is not [var cell, ..])
            throw new WordException("a sweep needs values: one of its lists is empty.");
        var first = step(cell);
        return first with { Sweep = sweep with { Step = step, First = first } };
    }

    /// <summary>The step changed; of a swept one, each of its cells.</summary>
    public PipelineStep Change(Func<PipelineStep, PipelineStep> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return Sweep?.Step is { } step ? Swept(Sweep, cell => change(step(cell))) : change(this);
    }
}
