using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines;

/// <summary>
/// A model that answers a task of labels without having learnt it: by the label whose name has the vector nearest to the input's, of a task
/// of several labels by that one alone. What a general model is worth; it has no weights of its own.
/// </summary>
[Keyword("zero_shot"), Makes("model"), OneOf(nameof(Model), nameof(Base))]
public sealed record ZeroShotStep : NearestStep
{
    /// <inheritdoc/>
    public override void Run(StepContext step)
    {
        ArgumentNullException.ThrowIfNull(step);
        step.Write(Answering(step));
    }
}
