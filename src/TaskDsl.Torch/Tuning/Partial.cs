using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Tuning.Adapters;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Tuning;

/// <summary>Some of the model's own weights are trained, the others are frozen: some layers, some sites, the embedding, the head.</summary>
/// <remarks>A whole model is saved.</remarks>
[Keyword("partial")]
public sealed record Partial : TuningMethod
{
    /// <summary>
    /// The layers that are trained, from 0; negative numbers count from the last, -1. Default: all, where <see cref="Sites"/> are given,
    /// otherwise none.
    /// </summary>
    public IReadOnlyList<int> Layers { get; init; } = [];

    /// <summary>The sites that are trained in those layers. Default: all of a layer's weights, its normalisations too.</summary>
    public IReadOnlyList<Site> Sites { get; init; } = [];

    /// <summary>Whether the embeddings of tokens and positions are trained.</summary>
    public bool Embedding { get; init; }

    /// <summary>
    /// Whether what stands behind the last layer is trained: its normalisation, and the head. A tied head is the embedding.
    /// </summary>
    public bool Head { get; init; }

    /// <inheritdoc/>
    public override TunedModel Start(LanguageModel model, int seed)
    {
        var layers = model.Sublayers.Max(s => s.Layer) + 1;
        var chosen = Layers.Select(layer => layer < 0 ? layers + layer : layer).ToHashSet();
        if (chosen.Where(layer => layer < 0 || layer >= layers).Select(l => (int?)l).FirstOrDefault() is not null)
            throw new MisfitException($"tuning.partial.layers: the model has the layers 0 to {layers - 1} (-1 to {-layers} from the end).");
        if (
            Sites
                .Except(model.LinearLayers.Where(l => l.Layer is not null).SelectMany(l => l.Sites))
                .Select(s => (Site?)s)
                .FirstOrDefault() is
            { } missing
        )
            throw new MisfitException($"tuning.partial.sites: this model's layers have no {missing.ToString().ToLowerInvariant()}.");
        var maps = model
            .LinearLayers.Where(layer => layer.Sites.Intersect(Sites).Any())
            .SelectMany(layer => new[] { $"{layer.Name}.weight", $"{layer.Name}.bias" })
            .ToHashSet(StringComparer.Ordinal);
        return new PartlyTrained(model, name => model.LayerOf(name) is { } layer
                ? (chosen.Count == 0 ? Sites.Count > 0 : chosen.Contains(layer)) && (Sites.Count == 0 || maps.Contains(name))
            : model.IsEmbedding(name) ? Embedding
            : Head);
    }
}
