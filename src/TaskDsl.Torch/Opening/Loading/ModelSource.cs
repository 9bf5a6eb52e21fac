using TaskDsl.Prompts;

namespace TaskDsl.Torch.Opening.Loading;

/// <summary>
/// Where a run's model comes from. A bare path means <see cref="Pretrained"/>. Each way is one file with a <c>[Keyword]</c> record.
/// </summary>
public abstract record ModelSource
{
    /// <summary>The layout of messages that the model was trained for. Default: the prompt's own.</summary>
    public ChatFormat? ChatFormat { get; init; }

    /// <summary>Reads or makes the model.</summary>
    public abstract LoadedModel Open(ModelRequest request);
}
