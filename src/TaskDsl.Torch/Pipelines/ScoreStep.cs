using System.ComponentModel.DataAnnotations;
using System.Globalization;
using TaskDsl.Tasks;
using TaskDsl.Torch.Pipelines.Curating;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines;

/// <summary>
/// Gives each example a number beside its fields, to filter and choose by: a condition reads it as <c>score</c>. What can have none is left
/// out and counted.
/// </summary>
[Keyword("score"), Makes("examples", Keeps = "score")]
public sealed record ScoreStep : Step
{
    /// <summary>The task.</summary>
    public required DslTask Task { get; init; }

    /// <summary>The examples: those that steps have made, and <c>gold</c>, the task's own training part, in this order.</summary>
    [StepResult("examples", Also = NamedExamples.Gold, PassesOn = true), Length(1, 1000)]
    public required IReadOnlyList<string> Examples { get; init; }

    /// <summary>What the number is.</summary>
    public required Scorer By { get; init; }

    /// <inheritdoc/>
    public override int Revision => 2;

    /// <inheritdoc/>
    public override void Shape(StepShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        shape.AddTask(Task);
        By.Shape(shape, Task);
    }

    /// <inheritdoc/>
    public override void Check() => By.Check();

    /// <inheritdoc/>
    public override void Run(StepContext step)
    {
        ArgumentNullException.ThrowIfNull(step);
        var examples = step.Read(Task, Examples).ToList();
        step.Count("records", examples.Count);
        var scores = By.Score(step, Task, examples);
        step.Write(Task, examples.Zip(scores, (example, scored) => Given(step, example, scored)).OfType<Example>());
    }

    private static Example? Given(StepContext step, Example example, ScoredExample scored)
    {
        // As it is written: what is equal but for a rounding in a batch of another size is equal.
        var score = double.Parse(scored.Score.ToString("G7", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        if (double.IsFinite(score))
            return example with { Origin = example.Origin with { Score = score } };
        step.LeaveOut(example.Origin, scored.Why ?? "its score is no number");
        return null;
    }
}
