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

    /// <summary>Whether a decoder's tokens see those behind them too, for embeddings of texts. Default: as the model says.</summary>
    public bool? Bidirectional { get; init; }

    /// <summary>What becomes of an adapter, where the folder holds one.</summary>
    public AdapterUse Adapter { get; init; } = AdapterUse.Keep;

    /// <inheritdoc/>
    public override string FindFolder() => Path;

    /// <inheritdoc/>
    public override LoadedModel Open(ModelRequest request)
    {
        var model = base.Open(request);
        try
        {
            if (Bidirectional is { } value)
                model.Decoder.IsBidirectional = value;
            if (Adapter == AdapterUse.Merge)
                model.Merge();
            model.AdapterUse = Adapter;
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }
}
