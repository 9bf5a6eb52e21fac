using System.Text.Json.Nodes;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tuning.Adapters;

/// <summary>A method that is given as one update of each linear map.</summary>
[Harmless("fan_in_fan_out", "the model's family says which way its weights lie")]
public abstract record LinearTuning : AdapterMethod
{
    /// <summary>
    /// The sites that get an update. Default: those that the method names, or all linear maps of attention and feed-forward; the embedding
    /// and the head only where they are named. A fused map gets one if any of its sites is named.
    /// </summary>
    [AlsoCalled("target_modules")]
    public IReadOnlyList<Site> Sites { get; init; } = [];

    /// <summary>What a file says that it updates; null = nothing was read.</summary>
    private ModuleTargets? Targets { get; init; }

    /// <summary>
    /// The update of one map. Runs without gradients, in a scope that frees what is not kept (<see cref="AdapterWeights.Keep"/>).
    /// </summary>
    /// <param name="map">The map.</param>
    /// <param name="weights">Gives the update's tensors, under the map's name.</param>
    protected abstract LinearUpdate On(LinearLayer map, AdapterWeights weights);

    /// <inheritdoc/>
    public sealed override void Add(Adapter adapter, AdapterWeights weights)
    {
        // An adapter's tensors say where it is.
        weights.LinearLayers = weights.AreRead
            ? [.. weights.Model.LinearLayers.Where(map => weights.At(map.Name).Has(StoredSettings.Peft(GetType()).Prefix))]
            : Choose(weights.Model);
        if (Targets is not null)
            Compare(Targets, adapter, weights);
        foreach (var misfit in Misfits(weights.LinearLayers))
            if (weights.AreRead)
                adapter.Notice($"{weights.Source}: {misfit}");
            else
                throw new MisfitException($"tuning.{Words.WordOf(GetType())}.{misfit}");
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

    /// <inheritdoc/>
    public override IReadOnlyList<string> MoreSettings => ModuleTargets.Settings;

    /// <inheritdoc/>
    public override AdapterMethod ReadMore(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return this with { Targets = ModuleTargets.Read(config) };
    }

    /// <summary>
    /// What of the method's settings does not go with the maps that it updates, each beginning with the setting: an error where a run
    /// starts, a notice where a file is read. Default: all does.
    /// </summary>
    /// <param name="maps">The maps.</param>
    protected virtual IEnumerable<string> Misfits(IReadOnlyList<LinearLayer> maps) => [];

    /// <summary>What adapter_config.json says and what its tensors say must be one: PEFT goes by the former.</summary>
    private static void Compare(ModuleTargets targets, Adapter adapter, AdapterWeights weights)
    {
        if (weights.LinearLayers.FirstOrDefault(map => !targets.MayHave(map.Name)) is { } stray)
            throw new MisfitException(
                $"{weights.Source} has tensors of {stray.Name}, which is none of the modules that adapter_config.json names "
                    + $"({string.Join(", ", ModuleTargets.Settings)}): PEFT would leave them out. Correct those settings, or take the "
                    + "tensors out of the file."
            );
        string[] missing = [.. weights.Model.LinearLayers.Except(weights.LinearLayers).Select(map => map.Name).Where(targets.MustHave)];
        if (missing.Length > 0)
            adapter.Notice(
                $"{weights.Source} has no tensors of {missing[0]}{(missing.Length > 1 ? $" and {missing.Length - 1} more" : "")}, which "
                    + "adapter_config.json's target_modules names: the adapter leaves it as it is."
            );
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
