using TaskDsl.Tasks;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Batches.Sources;
using TaskDsl.Torch.Models;

namespace TaskDsl.Torch.Objectives.Losses;

/// <summary>What a run minimises. Each objective is one file with a <c>[Keyword]</c> record.</summary>
public abstract record Objective
{
    /// <summary>Computes the loss of a batch. What it draws, it draws from torch, which each step seeds.</summary>
    /// <param name="model">The model.</param>
    /// <param name="batch">The batch.</param>
    /// <returns>A sum, not a mean: the run divides by all that the batches of a step count together, so that gathering gradients over small batches equals one large batch.</returns>
    /// <exception cref="NotSupportedException">The objective is not for models of this kind.</exception>
    public abstract LossSum Loss(LanguageModel model, TokenBatch batch);

    /// <summary>Whether a tuned model answers the tasks, so that its answers are measured before and after. Default: it does.</summary>
    public virtual bool TeachesAnswers => true;

    /// <summary>The folders of other models that shape the loss; a run goes on only with the same ones. Default: none.</summary>
    public virtual IReadOnlyList<string> Models => [];

    /// <summary>What the objective learns from an example. Default: the prompt and its answer.</summary>
    public virtual TokenSequence Encode(ExampleTokens example) => example.Written();

    /// <summary>The head that a model must have for these tasks. Default: its own.</summary>
    /// <exception cref="NotSupportedException">The tasks have no such answers.</exception>
    public virtual HeadRequest? Head(IReadOnlyList<DslTask> tasks) => null;

    /// <summary>Ties the objective to a run, before anything is tuned. Default: there is nothing to tie.</summary>
    public virtual Objective Bind(ObjectiveBinding binding) => this;
}
