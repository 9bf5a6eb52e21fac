using TaskDsl.Tasks;
using TaskDsl.Torch.Pipelines.Running;

namespace TaskDsl.Torch.Pipelines.Curating;

/// <summary>What an example is worth, as a number. Each is one file with a <c>[Keyword]</c> record.</summary>
public abstract record Scorer
{
    /// <summary>Tells what shapes the scores besides the definition and the examples.</summary>
    /// <exception cref="Evaluation.RunException">It cannot score this task's examples.</exception>
    public virtual void Shape(StepShape shape, DslTask task) { }

    /// <summary>Finds out what would keep it from scoring, before any step of the pipeline runs. Default: nothing.</summary>
    public virtual void Check() { }

    /// <summary>
    /// Scores examples: one for each, in their order. What it is depends on the example alone, whatever stands beside it.
    /// </summary>
    public abstract IReadOnlyList<ScoredExample> Score(StepContext step, DslTask task, IReadOnlyList<Example> examples);
}
