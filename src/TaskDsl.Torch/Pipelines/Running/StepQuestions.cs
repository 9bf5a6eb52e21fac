using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Torch.Batches.Sources;
using TaskDsl.Torch.Decoding.Generation;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>
/// The questions of a step, with the demonstrations that the prompt shows, drawn as evaluations draw them.
/// </summary>
public sealed class StepQuestions
{
    private readonly Prompt prompt;
    private readonly Demonstrations shown;

    /// <summary>Begins to put them.</summary>
    /// <param name="step">The step that asks.</param>
    /// <param name="prompt">How they are put.</param>
    /// <param name="pool">What demonstrations are drawn from, which the caller keeps alive.</param>
    /// <param name="seed">The seed of what is drawn.</param>
    public StepQuestions(StepContext step, Prompt prompt, IReadOnlyList<Example> pool, int seed)
    {
        ArgumentNullException.ThrowIfNull(step);
        ArgumentNullException.ThrowIfNull(prompt);
        this.prompt = prompt;
        ArgumentNullException.ThrowIfNull(pool);
        shown = new Demonstrations(pool, prompt.Demonstrations, seed);
        if (shown.Count > 0 && pool.Count == 0)
            step.Tell(
                $"the prompt '{prompt.Name}' shows {shown.Count} demonstrations, and there are no examples of the task "
                    + $"'{prompt.Task.Name}' that they could be; none is shown."
            );
    }

    /// <summary>One of them.</summary>
    /// <param name="input">The input, of the task's input type.</param>
    /// <param name="language">The language tag.</param>
    public PredictionRequest Of(object input, string language) =>
        new(prompt, input, language) { Demonstrations = shown.Of(prompt.Task, input, language), Fit = shown.Fit };
}
