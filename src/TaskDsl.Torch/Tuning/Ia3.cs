using System.Text.Json.Nodes;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Tuning.Adapters;
using TaskDsl.Vocabulary;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tuning;

/// <summary>
/// Learned factors (IA³, Liu et al., arXiv 2205.05638): each number that comes out of a map is multiplied by one, and each that goes into a
/// feed-forward's last map. They begin at 1. Saved in PEFT's layout.
/// </summary>
[Keyword("ia3")]
public sealed record Ia3 : TuningMethod
{
    /// <summary>The sites that get factors; those of <c>down</c> and <c>output</c> stand before the map, the others behind it.</summary>
    public IReadOnlyList<Site> Sites { get; init; } = [Site.Key, Site.Value, Site.Down];

    /// <inheritdoc/>
    public override TunedModel Apply(LanguageModel model, int seed)
    {
        var adapter = new Ia3Adapter(model);
        foreach (var layer in Choose(model, Sites, "ia3"))
        {
            var before = layer.Sites.Intersect([Site.Down, Site.Output]).Any();
            using var scope = NewDisposeScope();
            adapter.Add(layer, before ? ones(1, layer.Inputs) : ones(layer.Outputs, 1));
        }

        return adapter;
    }
}

/// <summary>Learned factors on a model's linear maps.</summary>
internal sealed class Ia3Adapter(LanguageModel model) : Adapter(model)
{
    private readonly Dictionary<LinearLayer, Factors> factors = [];

    /// <param name="layer">The map.</param>
    /// <param name="values"><c>[1, in]</c> before the map, or <c>[out, 1]</c> behind it.</param>
    public void Add(LinearLayer layer, Tensor values)
    {
        var update = new Factors(Train(Name(layer), values), Before(values, layer));
        factors.Add(layer, update);
        layer.Update = update;
    }

    public override void Dispose()
    {
        foreach (var (layer, update) in factors)
            if (layer.Update == update)
                layer.Update = null;
        base.Dispose();
    }

    internal override JsonObject Describe() =>
        new()
        {
            ["peft_type"] = "IA3",
            ["target_modules"] = Targets(Model, factors.Keys.Select(layer => layer.Name)),
            ["feedforward_modules"] = Targets(Model, factors.Where(f => f.Value.Before).Select(f => f.Key.Name)),
            ["fan_in_fan_out"] = factors.Keys.Any(layer => layer.IsTransposed),
            ["init_ia3_weights"] = true,
        };

    internal static string Name(LinearLayer layer) => $"base_model.model.{layer.Name}.ia3_l";

    private static bool Before(Tensor values, LinearLayer layer) => values.size(0) == 1 && values.size(1) == layer.Inputs;
}

/// <summary>Reads <c>IA3</c>.</summary>
internal sealed class Ia3Format : AdapterFormat
{
    public override string PeftType => "IA3";

    public override Adapter Load(LanguageModel model, AdapterFile file)
    {
        var adapter = new Ia3Adapter(model);
        foreach (var layer in model.Sites)
        {
            var name = Ia3Adapter.Name(layer);
            if (!file.Has(name))
                continue;
            var before = file.Shape(name) is [1, _];
            adapter.Add(layer, before ? file.Read(name, 1, layer.Inputs) : file.Read(name, layer.Outputs, 1));
        }

        return adapter;
    }
}

/// <summary>One map's factors.</summary>
internal sealed class Factors(Parameter values, bool before) : LinearUpdate
{
    /// <summary>Whether they stand before the map.</summary>
    public bool Before => before;

    /// <inheritdoc/>
    public override Tensor Forward(LinearLayer layer, Tensor x) =>
        before ? layer.Plain(x * values.view(-1)) : layer.Plain(x) * values.view(-1);

    /// <inheritdoc/>
    public override (Tensor Matrix, Tensor? Bias) Merged(LinearLayer layer) =>
        (layer.Matrix * values, before || layer.Bias is null ? null : layer.Bias * values.view(-1));
}
