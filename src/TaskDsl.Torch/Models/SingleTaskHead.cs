using System.Text.Json.Nodes;
using TaskDsl.Tasks;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Models;

/// <summary>A head whose scores are one task's answers.</summary>
public abstract record SingleTaskHead : TaskHead
{
    /// <summary>The head that a task needs: what its scores mean, in their order.</summary>
    /// <exception cref="MisfitException">The head cannot answer what the task asks.</exception>
    public abstract HeadRequest For(DslTask task);

    /// <inheritdoc/>
    public override TaskScores? Of(DslTask task, IReadOnlyList<string> labels) =>
        For(task) is var request && request.Labels.SequenceEqual(labels) ? new(this, 0, request) : null;

    /// <summary>The words of an input that it answers for, each by itself. Default: null, it answers for the prompt as a whole.</summary>
    public virtual IEnumerable<string>? Words(DslTask task, object input) => null;

    /// <summary>The answer, as the task's output field stands in a record.</summary>
    /// <param name="task">The task.</param>
    /// <param name="input">The task's input.</param>
    /// <param name="scores">float32 <c>[labels]</c>; of <see cref="Words"/> <c>[words, labels]</c>.</param>
    public abstract JsonNode Answer(DslTask task, object input, Tensor scores);

    /// <summary>
    /// The logarithm of how probable the head holds its own answer to be, finite where the scores are: a product of many labels vanishes;
    /// null = it gives no probabilities.
    /// </summary>
    /// <inheritdoc cref="Answer" path="/param"/>
    public abstract double? LogProbability(DslTask task, Tensor scores);

    /// <summary>How probable the head holds each of its labels; null = it decides on many words, or on a number. Default: null.</summary>
    /// <inheritdoc cref="Answer" path="/param"/>
    public virtual IReadOnlyList<double>? Probabilities(DslTask task, Tensor scores) => null;
}
