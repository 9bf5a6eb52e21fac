using TaskDsl.Prompts;

namespace TaskDsl.Torch.Evaluation;

/// <summary>What makes one model of a run better than another. Each criterion is one file with a <c>[Keyword]</c> record.</summary>
public abstract record Criterion
{
    /// <summary>Whether the criterion needs answers to validation examples. Default: it does not.</summary>
    public virtual bool NeedsAnswers => false;

    /// <summary>How many answers it needs per task and language, where it needs any. Default: null, to all examples.</summary>
    public virtual int? AnswerLimit => null;

    /// <summary>The name of the score in <c>metrics.jsonl</c>; null where it is there already.</summary>
    public virtual string? ScoreName => null;

    /// <summary>
    /// Why it cannot choose among models that learn some prompts; null = it can, as far as a recipe says. Default: null.
    /// </summary>
    /// <param name="prompts">The prompts that are trained on.</param>
    /// <param name="plan">How answers are measured.</param>
    public virtual string? Misfit(IReadOnlyList<Prompt> prompts, EvaluationPlan plan) => null;

    /// <summary>The score of a model, the larger the better.</summary>
    /// <param name="loss">The mean loss on the validation part; null where there is none.</param>
    /// <param name="answers">What the model's answers to the validation part are worth; null where the criterion needs none.</param>
    /// <returns>The score; null where there is nothing to choose by, and the last model is the best.</returns>
    /// <exception cref="RunException">The tasks do not have what the criterion asks for.</exception>
    public abstract double? Score(double? loss, EvaluationReport? answers);
}
