using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Tuning.Adapters;
using TaskDsl.Vocabulary;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tuning;

/// <summary>
/// Small networks beside or behind the parts of each layer: down to few numbers, a bend, up again (Houlsby et al., arXiv 1902.00751). They
/// begin as nothing.
/// </summary>
[Keyword("bottleneck")]
public sealed record Bottleneck : TuningMethod
{
    /// <summary>Where they sit.</summary>
    public BottleneckPlace Place { get; init; } = BottleneckPlace.Pfeiffer;

    /// <summary>The width inside.</summary>
    [Range(1, 1 << 16)]
    public int Size { get; init; } = 64;

    /// <summary>Multiplies what they add; He et al. find 4 good for the parallel place.</summary>
    [Range(0.0, 1e4)]
    public double Scale { get; init; } = 1;

    /// <inheritdoc/>
    public override TunedModel Apply(LanguageModel model, int seed)
    {
        ArgumentNullException.ThrowIfNull(model);
        var adapter = new BottleneckAdapter(model, Place, Scale);
        using var scope = NewDisposeScope();
        foreach (var (name, sublayer) in BottleneckAdapter.Places(model, Place))
        {
            var (down, bias) = VirtualTokenAdapter.Linear(Size, sublayer.Size, seed, name);
            adapter.Add(name, sublayer, down, bias, zeros(sublayer.Size, Size), zeros(sublayer.Size));
        }

        return adapter;
    }
}

/// <summary>Where bottlenecks sit.</summary>
public enum BottleneckPlace
{
    /// <summary>Behind each attention and each feed-forward (arXiv 1902.00751).</summary>
    Houlsby,

    /// <summary>Behind each feed-forward (arXiv 2005.00247).</summary>
    Pfeiffer,

    /// <summary>Beside each feed-forward (He et al., arXiv 2110.04366).</summary>
    Parallel,
}

/// <summary>Bottlenecks on a model's sublayers. PEFT has no such layout; this one is ours, in the same two files.</summary>
internal sealed class BottleneckAdapter(LanguageModel model, BottleneckPlace place, double scale) : Adapter(model)
{
    public const string Type = "BOTTLENECK";
    private readonly List<(Sublayer Sublayer, BottleneckUpdate Update)> updates = [];

    /// <summary>The sublayers at a place, with their names.</summary>
    public static IEnumerable<(string Name, Sublayer Sublayer)> Places(LanguageModel model, BottleneckPlace place) =>
        model
            .Sublayers.Index()
            .Where(s => s.Item.Kind == SublayerKind.FeedForward || place == BottleneckPlace.Houlsby)
            .Select(s => ($"base_model.model.{s.Item.Maps.First().Name}.bottleneck", s.Item));

    public void Add(string name, Sublayer sublayer, Tensor down, Tensor downBias, Tensor up, Tensor upBias)
    {
        var update = new BottleneckUpdate(
            Train($"{name}.down.weight", down),
            Train($"{name}.down.bias", downBias),
            Train($"{name}.up.weight", up),
            Train($"{name}.up.bias", upBias),
            place == BottleneckPlace.Parallel,
            scale
        );
        updates.Add((sublayer, update));
        sublayer.Update = update;
    }

    public override string? MergeObstacle =>
        "A bottleneck bends what it adds: it cannot be folded into a weight. Use the adapter as it is.";

    public override void Dispose()
    {
        foreach (var (sublayer, update) in updates)
            if (sublayer.Update == update)
                sublayer.Update = null;
        base.Dispose();
    }

    internal override JsonObject Describe() =>
        new()
        {
            ["peft_type"] = Type,
            ["place"] = place.ToString().ToLowerInvariant(),
            ["size"] = updates[0].Update.Size,
            ["scale"] = scale,
        };
}

/// <summary>Reads bottlenecks.</summary>
internal sealed class BottleneckFormat : AdapterFormat
{
    public override string PeftType => BottleneckAdapter.Type;

    public override Adapter Load(LanguageModel model, AdapterFile file)
    {
        if (!Enum.TryParse<BottleneckPlace>(file.Config.Text("place"), ignoreCase: true, out var place))
            throw file.Config.Bad(
                $"place is '{file.Config.Text("place")}'; expected one of {string.Join(", ", Enum.GetNames<BottleneckPlace>()).ToLowerInvariant()}."
            );
        var adapter = new BottleneckAdapter(model, place, file.Config.Number("scale"));
        var size = file.Config.Int("size");
        foreach (var (name, sublayer) in BottleneckAdapter.Places(model, place))
            adapter.Add(
                name,
                sublayer,
                file.Read($"{name}.down.weight", size, sublayer.Size),
                file.Read($"{name}.down.bias", size),
                file.Read($"{name}.up.weight", sublayer.Size, size),
                file.Read($"{name}.up.bias", sublayer.Size)
            );
        return adapter;
    }
}

/// <summary>One bottleneck: y + scale · up(relu(down(·))) of the sublayer's result, or of its input where it stands beside it.</summary>
internal sealed class BottleneckUpdate(Parameter down, Parameter downBias, Parameter up, Parameter upBias, bool beside, double scale)
    : SublayerUpdate
{
    /// <summary>The width inside.</summary>
    public long Size => down.size(0);

    /// <inheritdoc/>
    public override Tensor Forward(Sublayer sublayer, Tensor x, Tensor y)
    {
        var added = Ops.Linear(nn.functional.relu(Ops.Linear(beside ? x : y, down, downBias)), up, upBias);
        return y + (scale == 1 ? added : added * scale);
    }
}
