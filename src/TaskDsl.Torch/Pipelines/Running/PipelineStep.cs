using TaskDsl.Data;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>A step of a pipeline: one verb, and what is done with what it makes.</summary>
public sealed record PipelineStep
{
    /// <summary>What it does.</summary>
    [Inline]
    public required Step Verb { get; init; }

    /// <summary>What is done with the examples that it makes, in order.</summary>
    public IReadOnlyList<Stage> Stages { get; init; } = [];
}
