using TaskDsl.Torch.Inference;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Models;

/// <summary>A folder in Hugging Face layout: <c>config.json</c>, <c>model.safetensors</c>, <c>tokenizer.json</c>.</summary>
[Keyword("pretrained", Matches = "*")]
public sealed record Pretrained : ModelSource
{
    /// <summary>The folder.</summary>
    [Shorthand, FilePath]
    public required string Path { get; init; }

    /// <inheritdoc/>
    public override LoadedModel Open(ModelRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return LoadedModel.Load(System.IO.Path.Combine(request.ProjectDirectory, Path), request.Device, ChatFormat);
    }
}
