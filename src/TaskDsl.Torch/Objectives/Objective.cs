using TaskDsl.Torch.Batching;
using TaskDsl.Torch.Models;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Objectives;

/// <summary>What a run minimises. Each objective is one file with a <c>[Keyword]</c> record.</summary>
public abstract record Objective
{
    /// <summary>Computes the loss of a batch.</summary>
    /// <param name="model">The model.</param>
    /// <param name="batch">The batch.</param>
    /// <returns>A sum, not a mean: the run divides by all that the batches of a step count together, so that gathering gradients over small batches equals one large batch.</returns>
    /// <exception cref="NotSupportedException">The objective is not for models of this kind.</exception>
    public abstract LossSum Loss(LanguageModel model, TokenBatch batch);
}

/// <summary>The loss of a batch.</summary>
/// <param name="Sum">The sum over what is counted, a float32 scalar with its graph.</param>
/// <param name="Count">How many terms the sum has: tokens, as a rule.</param>
public readonly record struct LossSum(Tensor Sum, long Count);
