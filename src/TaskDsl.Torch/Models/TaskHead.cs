using System.Text.Json.Nodes;
using TaskDsl.Tasks;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Models;

/// <summary>A head whose scores are a task's answers. Its weights belong to the task: they are trained whole beside an adapter.</summary>
public abstract record TaskHead : Head
{
    /// <summary>The head that a task needs: what its scores mean, in their order.</summary>
    /// <exception cref="MisfitException">The head cannot answer what the task asks.</exception>
    public abstract HeadRequest For(DslTask task);

    /// <inheritdoc/>
    public override int Outputs(ModelConfig config) => config.Labels.Count;

    /// <summary>
    /// Whether it reads the mean of a text's states. Default: the state of one token, that at <see cref="LanguageModel.PlaceOf"/>.
    /// </summary>
    public virtual bool ReadsMean => false;

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
