using TaskDsl.Prompts;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Models;

/// <summary>Where a run's model comes from. A bare path means <see cref="Pretrained"/>.</summary>
public abstract record ModelSource
{
    /// <summary>The layout of messages that the model was trained for. Default: the prompt's own.</summary>
    public ChatFormat? ChatFormat { get; init; }
}

/// <summary>A folder in Hugging Face layout: <c>config.json</c>, <c>model.safetensors</c>, <c>tokenizer.json</c>.</summary>
[Keyword("pretrained", Matches = "*")]
public sealed record Pretrained : ModelSource
{
    /// <summary>The folder.</summary>
    [Shorthand, FilePath]
    public required string Path { get; init; }
}
