using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Torch.Batches.Sources;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Pipelines.Running;

namespace TaskDsl.Torch.Pipelines.Curating;

/// <summary>The worked examples that a step may show, and the index that finds the most similar of them.</summary>
public sealed class DemonstrationPool : IDisposable
{
    private readonly DslTask task;
    private readonly SearchIndex? index;
    private readonly IReadOnlyList<string> texts = [];

    /// <summary>Reads them.</summary>
    /// <param name="step">The step that shows them.</param>
    /// <param name="task">The task.</param>
    /// <param name="said">Where they come from; null = the training part.</param>
    /// <param name="own">The task's own training part, which the caller keeps alive.</param>
    /// <exception cref="RunException">They are of another task.</exception>
    public DemonstrationPool(StepContext step, DslTask task, StepDemonstrations? said, IReadOnlyList<Example> own)
    {
        ArgumentNullException.ThrowIfNull(step);
        this.task = task;
        Examples = said is null or { From: [NamedExamples.Gold] } ? own : [.. step.Read(task, said.From)];
        if (said?.Similar is not { } named)
            return;
        index = SearchIndex.Open(step, named, task);
        texts = [.. StepTexts.Of(step, named).Read().Select(text => text.Text)];
    }

    /// <summary>The examples.</summary>
    public IReadOnlyList<Example> Examples { get; }

    /// <summary>Those that are shown before questions.</summary>
    /// <param name="plan">How many, and which.</param>
    /// <param name="seed">The seed of what is drawn.</param>
    /// <exception cref="RunException">One of them does not stand in the index.</exception>
    public Demonstrations Of(DemonstrationPlan plan, int seed) =>
        index is null ? new Demonstrations(Examples, plan, seed) : new SimilarDemonstrations(index, texts, task, Examples, plan);

    /// <inheritdoc/>
    public void Dispose() => index?.Dispose();
}
