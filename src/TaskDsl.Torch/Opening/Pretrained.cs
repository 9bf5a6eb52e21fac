using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Opening;

/// <summary>
/// A folder in Hugging Face layout: <c>config.json</c>, <c>model.safetensors</c>, <c>tokenizer.json</c>; or an adapter's in PEFT's, which
/// names the model that it is for.
/// </summary>
[Keyword("pretrained", Matches = "*")]
public sealed record Pretrained : ModelSource
{
    /// <summary>The folder.</summary>
    [Shorthand, FilePath]
    public required string Path { get; init; }

    /// <summary>Whether a decoder's tokens see those behind them too, for embeddings of texts. Default: as the model says.</summary>
    public bool? Bidirectional { get; init; }

    /// <summary>
    /// What the layers' weights are kept as while they are frozen, for tuning by an adapter. Default: float32, or what the adapter in the
    /// folder was trained on.
    /// </summary>
    [AlsoCalled("load_in_4bit", "bnb_4bit_quant_type", "quantization_config", "quantization")]
    public WeightFormat? Weights { get; init; }

    /// <summary>What becomes of an adapter, where the folder holds one.</summary>
    public AdapterUse Adapter { get; init; } = AdapterUse.Keep;

    /// <inheritdoc/>
    public override LoadedModel Open(ModelRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var folder = System.IO.Path.Combine(request.ProjectDirectory, Path);
        var model = request.OnMeta
            ? LoadedModel.LoadOnMeta(folder, ChatFormat, request.Head, Weights)
            : LoadedModel.Load(folder, ChatFormat, Weights, request);
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
