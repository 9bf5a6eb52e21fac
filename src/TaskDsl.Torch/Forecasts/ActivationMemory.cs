using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Tuning.Adapters;

namespace TaskDsl.Torch.Forecasts;

/// <summary>
/// What a forward pass keeps for the backward one, from the shapes of the layers: each operation keeps its inputs where a gradient needs
/// them (what that is for a transformer: Korthikanti et al., arXiv 2205.05198; here counted for these layers as they are written).
/// </summary>
/// <param name="recipe">The recipe.</param>
/// <param name="tuned">The model.</param>
/// <param name="rows">The rows of a batch.</param>
/// <param name="length">Tokens of the longest.</param>
/// <param name="tokens">Tokens of all that are computed.</param>
/// <param name="gpu">Whether it is a GPU that computes.</param>
internal sealed class ActivationMemory(Recipe recipe, TunedModel tuned, long rows, long length, long tokens, bool gpu)
{
    private const long Float = 4;

    /// <summary>The bytes of a number behind a matrix product.</summary>
    private readonly long product = recipe.Precision == Precision.Float32 ? 4 : 2;

    private LanguageModel Model => tuned.Model;

    /// <summary>Bytes at the end of the forward pass, where they are the most.</summary>
    public long Kept()
    {
        var parts = Model.Sublayers.Skip(FirstTrained()).ToList();
        // Checkpointed layers keep what goes into them; one at a time is computed again.
        var kept = recipe.ActivationCheckpointing
            ? tokens
                * (
                    parts.GroupBy(Shape).Sum(g => g.Select(part => part.Layer).Distinct().LongCount() * g.Key.HiddenSize) * Float
                    + parts.GroupBy(part => (Shape(part), part.Layer)).Select(layer => layer.Sum(PerToken)).DefaultIfEmpty().Max()
                )
            : parts.Sum(part => tokens * PerToken(part));
        // Packed rows share one mask; behind the layers stand the last normalisation and its result.
        if (recipe.Batch.Packing && Model is Decoder && !Splits(Shape(parts.FirstOrDefault() ?? Model.Sublayers[0])))
            kept += rows * length * length * Float;
        return kept + tokens * 2 * Model.Config.HiddenSize * Float + Transient();
    }

    /// <summary>Bytes that one layer's own computation takes besides, forward or backward.</summary>
    private long Transient() =>
        Model
            .Sublayers.Select(part =>
                tokens * 3 * (part.Kind == SublayerKind.FeedForward ? Shape(part).FeedForwardSize * product : Queries(part) * Float)
            )
            .DefaultIfEmpty()
            .Max();

    /// <summary>The first part of a layer from which a gradient comes back; all before it keep nothing.</summary>
    private int FirstTrained()
    {
        if (
            Model.SoftPrompt is not null
            || Model.Prefix is not null
            || Model.LinearLayers.Any(map => map.Sites.Contains(Site.Embedding) && Learns(map))
        )
            return 0;
        var layers = Model.Parameters.Where(p => p.Value.requires_grad).Select(p => Model.LayerOf(p.Key)).OfType<int>().ToHashSet();
        var first = Model
            .Sublayers.ToList()
            .FindIndex(part =>
                part.Updates.Count > 0 || layers.Contains(part.Layer) || part.LinearLayers.Any(map => map.Updates.Count > 0)
            );
        return first < 0 ? Model.Sublayers.Count : first;
    }

    private long PerToken(Sublayer part)
    {
        var shape = Shape(part);
        long hidden = shape.HiddenSize;
        // The normalisation keeps its input, the first maps theirs, which is its result.
        var kept = hidden * Float + (part.LinearLayers.SkipLast(1).Any(Learns) ? hidden * product : 0);
        if ((part.Kind == SublayerKind.FeedForward ? shape.FeedForward.InnerNorm : shape.Attention.InnerNorm) is not null)
            kept += hidden * Float;
        if (recipe.Dropout > 0)
            kept += hidden * Float;
        return kept + (part.Kind == SublayerKind.FeedForward ? FeedForward(part, shape) : Attention(part, shape));
    }

    private long Attention(Sublayer part, StackShape shape)
    {
        long queries = Queries(part),
            keys = (long)shape.KeyValueHeads * shape.HeadSize;
        // Queries, keys, values, result, and a sum for each row of scores.
        var kept = (2 * queries + 2 * keys) * product + shape.Heads * Float;
        if (shape.Attention.QueryNorm is not null)
            kept += queries * Float;
        if (shape.Attention.KeyNorm is not null)
            kept += keys * Float;
        if (gpu && shape.KeyValueHeads != shape.Heads && (product == Float || IsMasked(part, shape)))
            kept += 2 * (queries - keys) * product; // In float32, or with a mask, each head has keys and values of its own.
        if (shape.ScoreCap is not null)
            kept += 3 * shape.Heads * length * product + 2 * (queries - keys) * product; // No fused kernel caps scores: they are kept.
        return kept;
    }

    /// <summary>Whether attention on a GPU is told where texts end, for which it needs no mask.</summary>
    private bool Splits(StackShape shape) =>
        gpu && TorchRuntime.Version is { TakesSegments: true } && shape.CanSplit && (Model.SoftPrompt ?? Model.Prefix) is null;

    /// <summary>Whether a layer's attention is given a mask, and not only told that it is causal.</summary>
    private bool IsMasked(Sublayer part, StackShape shape) =>
        recipe.Batch.Packing && Splits(shape)
            ? product == Float && shape.Window(part.Layer) < length
            : (recipe.Batch.Packing && Model is Decoder) || Model.Prefix is not null || shape.Window(part.Layer) < length || !shape.Causal;

    private static long FeedForward(Sublayer part, StackShape shape, long size)
    {
        var inner = shape.FeedForwardSize * size;
        var gated = shape.FeedForward.Gate is not null || shape.FeedForward.Fused is not null;
        return (gated ? 3 : 1) * inner + (Learns(part.LinearLayers.Last()) ? inner : 0);
    }

    private long FeedForward(Sublayer part, StackShape shape) => FeedForward(part, shape, product);

    private static bool Learns(LinearLayer map) => map.Updates.Count > 0 || map.IsTrained;

    private long Queries(Sublayer part) => (long)Shape(part).Heads * Shape(part).HeadSize;

    /// <summary>The stack that a part belongs to: an encoder's parts stand first.</summary>
    private StackShape Shape(Sublayer part)
    {
        var architecture = Model.Config.Architecture;
        if (architecture.Encoder is null || architecture.Decoder is null)
            return architecture.Decoder ?? architecture.Encoder!;
        return Model.Sublayers.ToList().IndexOf(part) < 2 * architecture.Encoder.Layers ? architecture.Encoder : architecture.Decoder;
    }
}
