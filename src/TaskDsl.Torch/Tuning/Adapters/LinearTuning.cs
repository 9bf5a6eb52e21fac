using System.Text.Json.Nodes;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tuning.Adapters;

/// <summary>A method that is given as one update of each linear map.</summary>
[
    Harmless("target_modules", "the names of the file's tensors say which maps it updates"),
    Harmless("exclude_modules", "the names of the file's tensors say which maps it updates"),
    Harmless("layers_to_transform", "the names of the file's tensors say which layers it updates"),
    Harmless("layers_pattern", "the names of the file's tensors say which layers it updates"),
    Harmless("fan_in_fan_out", "the model's family says which way its weights lie")
]
public abstract record LinearTuning : AdapterMethod
{
    /// <summary>
    /// The sites that get an update. Default: those that the method names, or all linear maps of attention and feed-forward; the embedding
    /// and the head only where they are named. A fused map gets one if any of its sites is named.
    /// </summary>
    [AlsoCalled("target_modules")]
    public IReadOnlyList<Site> Sites { get; init; } = [];

    /// <summary>
    /// The update of one map. Runs without gradients, in a scope that frees what is not kept (<see cref="AdapterWeights.Keep"/>).
    /// </summary>
    /// <param name="map">The map.</param>
    /// <param name="weights">Gives the update's tensors, under the map's name.</param>
    protected abstract LinearUpdate On(LinearLayer map, AdapterWeights weights);

    /// <inheritdoc/>
    public sealed override void Add(Adapter adapter, AdapterWeights weights)
    {
        // An adapter's tensors say where it is; PEFT's target_modules may be expressions.
        weights.LinearLayers = weights.AreRead
            ? [.. weights.Model.LinearLayers.Where(map => weights.At(map.Name).Has(StoredSettings.Peft(GetType()).Prefix))]
            : Choose(weights.Model);
        foreach (var map in weights.LinearLayers)
        {
            using var scope = NewDisposeScope();
            adapter.Put(map, On(map, weights.At(map.Name)));
        }
    }

    /// <inheritdoc/>
    public override void Describe(JsonObject config, AdapterWeights weights)
    {
        config["target_modules"] = weights.Targets(weights.LinearLayers);
        // PEFT's word for Conv1D.
        config["fan_in_fan_out"] = weights.LinearLayers.Any(map => map is { IsTransposed: true, Layer: not null });
    }

    private IReadOnlyList<LinearLayer> Choose(LanguageModel model)
    {
        var there = model.LinearLayers.SelectMany(map => map.Sites).Distinct().ToArray();
        var missing = Sites.Except(there).ToArray();
        if (missing.Length > 0)
            throw new MisfitException(
                $"tuning.{Words.WordOf(GetType())}.sites: {List(missing)} — the linear maps of this model are {List(there)}."
            );
        return [.. model.LinearLayers.Where(map => Sites.Count == 0 ? map.Layer is not null : map.Sites.Intersect(Sites).Any())];

        static string List(IEnumerable<Site> sites) => string.Join(", ", sites.Select(site => site.ToString().ToLowerInvariant()));
    }
}
