using TaskDsl.Tasks;

namespace TaskDsl.Torch.Models;

/// <summary>A head whose scores are tasks' answers. Its weights belong to them: they are trained whole beside an adapter.</summary>
public abstract record TaskHead : Head
{
    /// <inheritdoc/>
    public override int Outputs(ModelConfig config) => config.Labels.Count;

    /// <summary>
    /// Whether it reads the mean of a text's states. Default: the state of one token, that at <see cref="LanguageModel.PlaceOf"/>.
    /// </summary>
    /// <param name="model">The model that it is a head of.</param>
    public virtual bool ReadsMean(LanguageModel model) => false;

    /// <summary>What answers a task: some of the head's scores, and what they mean.</summary>
    /// <param name="task">The task.</param>
    /// <param name="labels">What all of the head's scores mean, in their order.</param>
    /// <returns>Null: the head was made for other tasks.</returns>
    public abstract TaskScores? Of(DslTask task, IReadOnlyList<string> labels);
}
