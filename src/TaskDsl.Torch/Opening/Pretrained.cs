using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Opening;

/// <summary>
/// A folder in Hugging Face layout: <c>config.json</c>, <c>model.safetensors</c>, <c>tokenizer.json</c>; or an adapter's in PEFT's, which
/// names the model that it is for.
/// </summary>
[Keyword("pretrained", Matches = "*")]
public sealed record Pretrained : StoredModel
{
    /// <summary>The folder.</summary>
    [Shorthand, FilePath]
    public required string Path { get; init; }

    /// <inheritdoc/>
    public override string FindFolder() => Path;
}
