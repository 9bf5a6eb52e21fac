using System.Text.Json.Nodes;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Tuning.Adapters;
using TaskDsl.Vocabulary;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tuning;

/// <summary>
/// Learned factors (IA³, Liu et al., arXiv 2205.05638): each number that comes out of a map is multiplied by one, and each that goes into a
/// feed-forward's last map (<c>down</c>) or an attention's (<c>output</c>). They begin at 1. Sites by default: key, value, down. Saved in
/// PEFT's layout.
/// </summary>
/// <remarks>PEFT calls it <c>IA3</c>. It can be merged.</remarks>
[Keyword("ia3"), Peft("IA3")]
[
    Harmless("feedforward_modules", "the shape of a map's factors says on which side they stand"),
    Harmless("init_ia3_weights", "the factors are stored, whatever they began with")
]
public sealed record Ia3 : LinearTuning
{
    /// <summary>The paper's sites.</summary>
    public Ia3() => Sites = [Site.Key, Site.Value, Site.Down];

    /// <inheritdoc/>
    protected override LinearUpdate On(LinearLayer map, AdapterWeights weights)
    {
        // [1, in] before the map, [out, 1] behind it: PEFT's adapters say by the shape which it is.
        var before = weights.ShapeInFile("ia3_l") is { } shape
            ? shape is [1, _] && shape[1] == map.Inputs
            : map.Sites.Intersect([Site.Down, Site.Output]).Any();
        long[] size = before ? [1, map.Inputs] : [map.Outputs, 1];
        return new Factors(weights.Trained("ia3_l", size, () => ones(size)), before);
    }

    /// <inheritdoc/>
    public override void Describe(JsonObject config, AdapterWeights weights)
    {
        base.Describe(config, weights);
        config["feedforward_modules"] = weights.Targets(
            weights.LinearLayers.Where(map => map.Updates.OfType<Factors>().Any(factors => factors.Before))
        );
        config["init_ia3_weights"] = true;
    }

    /// <summary>One map's factors.</summary>
    private sealed class Factors(Parameter values, bool before) : LinearUpdate
    {
        private Tensor Flat => values.view(-1); // [in] before the map, [out] behind it

        /// <summary>Whether they stand before the map.</summary>
        public bool Before => before;

        /// <inheritdoc/>
        public override Tensor Forward(LinearMap map, Tensor x) => before ? map.Forward(x * Flat) : map.Forward(x) * Flat;

        /// <inheritdoc/>
        public override (Tensor Matrix, Tensor? Bias) Merged(LinearMap map) => (map.Matrix * values, MergedBias(map)); // [out, in], [out]

        /// <inheritdoc/>
        public override Tensor MergedRows(LinearMap map, long from, long count) =>
            map.Rows(from, count) * (before ? values : values.narrow(0, from, count));

        /// <inheritdoc/>
        public override Tensor? MergedBias(LinearMap map)
        {
            var bias = map.Bias;
            return before || bias is null ? bias : bias * Flat;
        }
    }
}
