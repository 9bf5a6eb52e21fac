using TaskDsl.Data;
using TaskDsl.Prompts;
using TaskDsl.Torch.Batches.Sources;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Pipelines.Running;

namespace TaskDsl.Torch.Pipelines.Curating;

/// <summary>
/// The questions of a step, with the demonstrations that the prompt shows: of the task's training part, as evaluations show them, or of
/// what the step says.
/// </summary>
public sealed class StepQuestions : IDisposable
{
    private readonly StepContext step;
    private readonly Prompt prompt;
    private readonly DemonstrationPool pool;
    private readonly Demonstrations shown;

    /// <summary>Begins to put them.</summary>
    /// <param name="step">The step that asks.</param>
    /// <param name="prompt">How they are put.</param>
    /// <param name="own">The task's own examples, which the caller keeps alive; null where it has none, or where none is shown.</param>
    /// <param name="seed">The seed of what is drawn.</param>
    /// <param name="said">Where they come from. Default: the training part.</param>
    public StepQuestions(StepContext step, Prompt prompt, Dataset? own, int seed, StepDemonstrations? said = null)
    {
        ArgumentNullException.ThrowIfNull(step);
        ArgumentNullException.ThrowIfNull(prompt);
        (this.step, this.prompt) = (step, prompt);
        pool = new DemonstrationPool(step, prompt.Task, said, own?[SplitName.Train] ?? []);
        shown = pool.Of(prompt.Demonstrations, seed);
        if (shown.Count > 0 && pool.Examples.Count == 0)
            step.Tell(
                $"the prompt '{prompt.Name}' shows {shown.Count} demonstrations, and the task '{prompt.Task.Name}' has no examples to "
                    + "train on that they could be; none is shown."
            );
    }

    /// <summary>Some of them, each an input of the task's input type and its language tag.</summary>
    public IReadOnlyList<PredictionRequest> Of(IReadOnlyList<(object Input, string Language)> questions)
    {
        ArgumentNullException.ThrowIfNull(questions);
        return
        [
            .. questions.Zip(shown.Of(prompt.Task, questions), (question, demonstrations) =>
                new PredictionRequest(prompt, question.Input, question.Language) { Demonstrations = demonstrations, Fit = shown.Fit }
            ),
        ];
    }

    /// <summary>Counts what had no room before the questions that were asked.</summary>
    /// <param name="asked">The questions.</param>
    /// <param name="answers">Their answers.</param>
    public void Count(IReadOnlyList<PredictionRequest> asked, IEnumerable<Prediction> answers)
    {
        ArgumentNullException.ThrowIfNull(asked);
        var left = answers.Select(answer => answer.LeftOut).ToList();
        if (left.Sum() is > 0 and var leftOut)
            step.Count("demonstrations left out", leftOut);
        if (left.Zip(asked).Count(one => one.First > 0 && one.First == one.Second.Demonstrations.Count) is > 0 and var bare)
            step.Count("questions with room for no demonstration", bare);
    }

    /// <inheritdoc/>
    public void Dispose() => pool.Dispose();
}
