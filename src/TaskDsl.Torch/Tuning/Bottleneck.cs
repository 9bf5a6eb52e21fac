using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Tuning.Adapters;
using TaskDsl.Vocabulary;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tuning;

/// <summary>
/// Small networks beside or behind the parts of each layer: down to few numbers, max(x, 0), up again (Houlsby et al., arXiv 1902.00751).
/// They begin as nothing. PEFT has no such layout; this one is ours, in the same two files.
/// </summary>
/// <remarks>Its type in <c>adapter_config.json</c> is <c>BOTTLENECK</c>. It cannot be merged.</remarks>
[Keyword("bottleneck"), Peft("BOTTLENECK")]
public sealed record Bottleneck : AdapterMethod
{
    /// <summary>Where they sit.</summary>
    [Stored("place")]
    public BottleneckPlace Place { get; init; } = BottleneckPlace.Pfeiffer;

    /// <summary>The width inside.</summary>
    [Range(1, 1 << 16), Stored("size")]
    public int Size { get; init; } = 64;

    /// <summary>Multiplies what they add; He et al. find 4 good for the parallel place.</summary>
    [Range(0.0, 1e4), Stored("scale")]
    public double Scale { get; init; } = 1;

    /// <inheritdoc/>
    public override void Add(Adapter adapter, AdapterWeights weights)
    {
        var places = adapter.Model.Sublayers.Where(part => part.Kind == SublayerKind.FeedForward || Place == BottleneckPlace.Houlsby);
        foreach (var part in places)
        {
            var name = $"{part.LinearLayers.First().Name}.bottleneck";
            var at = weights.At(name);
            var down = at.Linear("down", Size, part.Size, $"base_model.model.{name}");
            var up = at.Trained("up.weight", [part.Size, Size], () => zeros(part.Size, Size));
            var bias = at.Trained("up.bias", part.Size, 0);
            adapter.Put(part, new Network(down.Weight, down.Bias, up, bias, Place == BottleneckPlace.Parallel, Scale));
        }
    }

    /// <summary>One bottleneck: y + scale · up(relu(down(·))) of the part's result, or of its input where it stands beside it.</summary>
    private sealed class Network(Parameter down, Parameter downBias, Parameter up, Parameter upBias, bool beside, double scale)
        : SublayerUpdate
    {
        /// <inheritdoc/>
        public override string MergeObstacle =>
            "What a bottleneck adds is not linear: it cannot be folded into a weight. Use the adapter as it is.";

        /// <inheritdoc/>
        public override Tensor Forward(Sublayer sublayer, Tensor x, Tensor y)
        {
            var added = Ops.Linear(nn.functional.relu(Ops.Linear(beside ? x : y, down, downBias)), up, upBias);
            return y + (scale == 1 ? added : added * scale);
        }
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
