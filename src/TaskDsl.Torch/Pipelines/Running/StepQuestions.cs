using TaskDsl.Data;
using TaskDsl.Prompts;
using TaskDsl.Torch.Batches.Sources;
using TaskDsl.Torch.Decoding.Generation;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>
/// The questions of a step, with the demonstrations that the prompt shows: of the task's training part, as evaluations show them.
/// </summary>
public sealed class StepQuestions
{
    private readonly Prompt prompt;
    private readonly Demonstrations shown;

    /// <summary>Begins to put them.</summary>
    /// <param name="step">The step that asks.</param>
    /// <param name="prompt">How they are put.</param>
    /// <param name="own">The task's own examples, which the caller keeps alive; null where it has none, or where none is shown.</param>
    /// <param name="seed">The seed of what is drawn.</param>
    public StepQuestions(StepContext step, Prompt prompt, Dataset? own, int seed)
    {
        ArgumentNullException.ThrowIfNull(step);
        ArgumentNullException.ThrowIfNull(prompt);
        this.prompt = prompt;
        var pool = own?[SplitName.Train] ?? [];
        shown = new Demonstrations(pool, prompt.Demonstrations, seed);
        if (shown.Count > 0 && pool.Count == 0)
            step.Tell(
                $"the prompt '{prompt.Name}' shows {shown.Count} demonstrations, and the task '{prompt.Task.Name}' has no examples to "
                    + "train on that they could be; none is shown."
            );
    }

    /// <summary>One of them.</summary>
    /// <param name="input">The input, of the task's input type.</param>
    /// <param name="language">The language tag.</param>
    public PredictionRequest Of(object input, string language) =>
        new(prompt, input, language) { Demonstrations = shown.Of(prompt.Task, input, language), Fit = shown.Fit };
}
