using TaskDsl.Torch.Models.Layers;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Opening.Loading;

/// <summary>A model that is there already, as a folder in Hugging Face layout.</summary>
public abstract record StoredModel : ModelSource
{
    /// <summary>
    /// What the layers' weights are kept as while they are frozen, for tuning by an adapter. Default: float32, or what the adapter in the
    /// folder was trained on.
    /// </summary>
    [AlsoCalled("load_in_4bit", "bnb_4bit_quant_type", "quantization_config", "quantization")]
    public WeightFormat? Weights { get; init; }

    /// <summary>Whether a decoder's tokens see those behind them too, for embeddings of texts. Default: as the model says.</summary>
    public bool? Bidirectional { get; init; }

    /// <summary>What becomes of an adapter, where the folder holds one.</summary>
    public AdapterUse Adapter { get; init; } = AdapterUse.Keep;

    /// <summary>The folder; a relative path starts at the project's. What is not on the disk yet is written first.</summary>
    public abstract string FindFolder();

    /// <inheritdoc/>
    public override LoadedModel Open(ModelRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var folder = Path.Combine(request.ProjectDirectory, FindFolder());
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
