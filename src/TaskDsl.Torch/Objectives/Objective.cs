using TaskDsl.Tasks;
using TaskDsl.Torch.Batching;
using TaskDsl.Torch.Inference;
using TaskDsl.Torch.Models;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Objectives;

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

/// <summary>The loss of a batch.</summary>
/// <param name="Sum">The sum over what is counted, a float32 scalar with its graph.</param>
/// <param name="Count">How many terms the sum has: tokens, as a rule.</param>
public readonly record struct LossSum(Tensor Sum, long Count)
{
    /// <summary>What else the objective says of validation examples: each a sum over the same terms, which <c>metrics.jsonl</c> has as a mean, named <c>validation_…</c>. Default: nothing.</summary>
    public IReadOnlyList<(string Name, double Sum)> Measures { get; init; } = [];
}

/// <summary>A head for a task.</summary>
/// <param name="Kind">What it answers.</param>
/// <param name="Labels">What its results mean.</param>
/// <param name="Problem">Hugging Face's <c>problem_type</c> of a sequence classification: <c>single_label_classification</c>, <c>multi_label_classification</c> or <c>regression</c>.</param>
public sealed record HeadRequest(HeadKind Kind, IReadOnlyList<string> Labels, string? Problem = null);

/// <summary>What an objective can ask of its run.</summary>
public sealed record ObjectiveBinding
{
    /// <summary>The model as it is before tuning.</summary>
    public required LoadedModel Model { get; init; }

    /// <summary>Where relative paths start.</summary>
    public required string ProjectDirectory { get; init; }

    /// <summary>All that the run will learn from and be watched on; made anew each time it is gone through.</summary>
    public required IEnumerable<TokenBatch> Batches { get; init; }

    /// <summary>Keeps something until the run ends.</summary>
    public required Action<IDisposable> Keep { get; init; }

    /// <summary>Ends the work.</summary>
    public CancellationToken Cancellation { get; init; }
}
