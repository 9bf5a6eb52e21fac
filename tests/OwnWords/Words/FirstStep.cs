using System.ComponentModel.DataAnnotations;
using TaskDsl.Data;
using TaskDsl.Tasks;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace OwnWords.Words;

/// <summary>Takes the first examples of a task's training part.</summary>
[Keyword("first"), Makes("examples")]
public sealed record FirstStep : Step
{
    /// <summary>The task.</summary>
    [Shorthand]
    public required DslTask Task { get; init; }

    /// <summary>How many.</summary>
    [Range(1, 1_000_000)]
    public int Count { get; init; } = 8;

    /// <inheritdoc/>
    public override void Shape(StepShape shape) => shape.AddTask(Task);

    /// <inheritdoc/>
    public override void Run(StepContext step)
    {
        using var data = step.Data(Task);
        step.Write(Task, data[SplitName.Train].Take(Count));
    }
}
