using TaskDsl.Data;
using TaskDsl.Tasks;
using TaskDsl.Torch.Evaluation;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>Examples by the names that steps give them.</summary>
public static class NamedExamples
{
    /// <summary>What a task's own training part is called.</summary>
    public const string Gold = "gold";

    /// <summary>
    /// The examples of a task that steps have made, and <c>gold</c>, the task's own training part, in the order of the names.
    /// </summary>
    /// <exception cref="RunException">A step has made examples of another task.</exception>
    public static IEnumerable<Example> Read(this StepContext step, DslTask task, IReadOnlyList<string> named)
    {
        ArgumentNullException.ThrowIfNull(step);
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(named);
        return named.SelectMany(name => name == Gold ? OfTask(step, task) : OfStep(step, task, name));
    }

    private static IEnumerable<Example> OfStep(StepContext step, DslTask task, string named) =>
        step.Examples(named) is var made && made.Task.Name == task.Name
            ? made.Read(step.CancellationToken)
            : throw new RunException(
                $"'{named}' are examples of the task '{made.Task.Name}', and this step is for the task '{task.Name}'."
            );

    private static IEnumerable<Example> OfTask(StepContext step, DslTask task)
    {
        using var gold = step.Data(task);
        foreach (var example in gold[SplitName.Train])
            yield return example;
    }
}
