using System.ComponentModel.DataAnnotations;
using TaskDsl.Data.Stages.Hashing;
using TaskDsl.Tasks;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Pipelines.Curating;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines;

/// <summary>
/// Chooses some of many examples by one strategy, and gives them in the order that they are chosen in. What is chosen depends on the
/// examples, not on where they stand.
/// </summary>
[Keyword("select"), Makes("examples")]
public sealed record SelectStep : Step
{
    /// <summary>The task.</summary>
    public required DslTask Task { get; init; }

    /// <summary>What is chosen from: examples that steps have made, and <c>gold</c>, the task's own training part.</summary>
    [StepResult("examples", Also = NamedExamples.Gold, PassesOn = true), Length(1, 1000)]
    public required IReadOnlyList<string> Examples { get; init; }

    /// <summary>The strategy.</summary>
    [Inline("strategy")]
    public required Selection By { get; init; }

    /// <inheritdoc/>
    public override void Shape(StepShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        shape.AddTask(Task);
        By.Shape(shape);
    }

    /// <inheritdoc/>
    public override void Run(StepContext step)
    {
        ArgumentNullException.ThrowIfNull(step);
        var hash = new ExampleHash(Task);
        var pool = step.Read(Task, Examples).OrderBy(example => hash.Draw(example, "select", 0)).ToList();
        step.Count("records", pool.Count);
        if (pool.Count == 0)
            throw new RunException("there is nothing to choose from: the examples that it is given are none.");
        var chosen = By.Choose(step, Task, pool);
        var isChosen = chosen.ToHashSet();
        foreach (var (_, other) in pool.Index().Where(example => !isChosen.Contains(example.Index)))
            step.LeaveOut(other.Origin, "not chosen");
        step.Write(Task, chosen.Select(i => pool[i]));
    }
}
