using TaskDsl.Torch.Native;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Models.Layers;

/// <summary>A linear layer with the first of its updates: what the next update stands on.</summary>
public readonly record struct LinearMap
{
    private readonly LinearLayer layer;
    private readonly int updates;

    internal LinearMap(LinearLayer layer, int updates) => (this.layer, this.updates) = (layer, updates);

    /// <summary>The size of what goes in.</summary>
    public long Inputs => layer.Inputs;

    /// <summary>The size of what comes out.</summary>
    public long Outputs => layer.Outputs;

    /// <summary>The weight <c>[out, in]</c>, with what the updates make of it.</summary>
    public Tensor Matrix => Merged.Matrix;

    /// <summary>The bias <c>[out]</c>, with what the updates make of it; null where there is none.</summary>
    public Tensor? Bias =>
        updates > 0 ? Top.MergedBias(Below)
        : IsUnbiased ? null
        : layer.Bias;

    /// <summary>
    /// Whether <see cref="Forward"/> gives a product that nothing has kept, so that it may be changed in place: updates may keep theirs.
    /// </summary>
    internal bool IsProduct => updates == 0;

    /// <summary>Weight and bias that do the same as the layer and its updates.</summary>
    public (Tensor Matrix, Tensor? Bias) Merged => updates == 0 ? (layer.Matrix, Bias) : Top.Merged(Below);

    /// <summary>Whether the layer's own bias is left out.</summary>
    private bool IsUnbiased { get; init; }

    private LinearMap Below => new(layer, updates - 1) { IsUnbiased = IsUnbiased };

    private LinearUpdate Top => layer.Updates[updates - 1];

    /// <summary>Maps <c>[…, in]</c> to <c>[…, out]</c>.</summary>
    public Tensor Forward(Tensor x) => updates == 0 ? layer.Plain(x, !IsUnbiased) : Top.Forward(Below, x);

    /// <summary>The map without its bias, <c>[…, out]</c>.</summary>
    public Tensor Product(Tensor x)
    {
        var map = this with { IsUnbiased = true };
        return map.Bias is { } own ? map.Forward(x) - own : map.Forward(x); // Of the updates' own.
    }

    /// <summary>Some rows of the weight, <c>[count, in]</c>.</summary>
    /// <param name="from">The first; where the layer is kept in few bits, a multiple of 64.</param>
    /// <param name="count">How many.</param>
    public Tensor Rows(long from, long count) =>
        updates > 0 ? Top.MergedRows(Below, from, count)
        : layer.Quantised is { } few ? few.Rows(from, count)
        : layer.Matrix.narrow(0, from, count);

    /// <summary>
    /// The length of each row of a weight as large as this one, <c>[out]</c>, without a graph. Where the layer is kept in few bits, some
    /// rows are computed at a time.
    /// </summary>
    /// <param name="rows">Gives some rows <c>[count, in]</c> of it: from which on, and how many.</param>
    public Tensor Lengths(Func<long, long, Tensor> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        using var ungraded = no_grad();
        using var scope = NewDisposeScope();
        var (pieces, most) = (new List<Tensor>(), layer.Quantised?.PieceRows ?? Outputs);
        for (long from = 0; from < Outputs; from += most)
        {
            using var inner = NewDisposeScope();
            pieces.Add(rows(from, Math.Min(most, Outputs - from)).norm(1, false, 2).MoveToOuterDisposeScope());
        }

        return (pieces is [var whole] ? whole : cat(pieces, 0)).MoveToOuterDisposeScope();
    }

    /// <summary>The columns of the weight at some places, int64 <c>[…]</c>, as rows <c>[…, out]</c>.</summary>
    public Tensor LookUp(Tensor ids) =>
        updates == 0 ? Ops.Embedding(layer.IsTransposed ? layer.Weight : layer.Weight.t(), ids) : Top.LookUp(Below, ids);
}
