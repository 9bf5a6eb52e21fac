using TaskDsl.Tasks;
using TaskDsl.Torch.Pipelines.Running;

namespace TaskDsl.Torch.Pipelines.Curating;

/// <summary>How some of many examples are chosen. Each is one file with a <c>[Keyword]</c> record.</summary>
public abstract record Selection
{
    /// <summary>Tells what shapes the choice besides the definition and the examples.</summary>
    public virtual void Shape(StepShape shape) { }

    /// <summary>Chooses.</summary>
    /// <param name="step">The step.</param>
    /// <param name="task">The task.</param>
    /// <param name="pool">
    /// The examples, in an order that their inputs decide and not where they stand: of what is equally good the first is taken.
    /// </param>
    /// <returns>The places of those that are chosen, in the order that they are chosen in.</returns>
    public abstract IReadOnlyList<int> Choose(StepContext step, DslTask task, IReadOnlyList<Example> pool);

    /// <summary>How many can be chosen; tells where that is fewer than are asked for.</summary>
    protected static int AtMost(StepContext step, int count, int there)
    {
        ArgumentNullException.ThrowIfNull(step);
        if (count > there)
            step.Tell($"{count:N0} are to be chosen, and there are {there:N0}: all are taken.");
        return Math.Min(count, there);
    }
}
