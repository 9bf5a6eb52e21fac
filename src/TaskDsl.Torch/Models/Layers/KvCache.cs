using static TorchSharp.torch;

namespace TaskDsl.Torch.Models.Layers;

/// <summary>
/// The keys and values of the tokens so far, so that each new token costs one step. Room is taken once; rows can be dropped
/// and branched, and those of another cache join them. For inference only: nothing in it has a gradient.
/// </summary>
/// <param name="capacity">The most tokens per row.</param>
public sealed class KvCache(long capacity) : IDisposable
{
    private readonly List<(Tensor Keys, Tensor Values)> layers = []; // [batch, key-value heads, capacity, head]
    private readonly Dictionary<int, (Tensor Keys, Tensor Values)> cross = []; // [batch, key-value heads, encoder's tokens, head]
    private Tensor? positions; // [batch or 1, keys]
    private long filled; // With virtual tokens.

    /// <summary>The tokens so far; virtual ones that a tuning method put in front are not counted.</summary>
    public long Length { get; private set; }

    /// <summary>The most tokens per row.</summary>
    public long Capacity { get; private set; } = capacity;

    /// <summary>Adds a layer's keys and values <c>[batch, key-value heads, new, head]</c> and gives all so far.</summary>
    internal (Tensor Keys, Tensor Values) Append(int layer, Tensor keys, Tensor values, long virtualTokens)
    {
        var added = keys.size(2);
        if (filled + added > Capacity + virtualTokens)
            throw new InvalidOperationException($"The cache has room for {Capacity} tokens; {Length + added} are needed.");
        if (layer == layers.Count)
        {
            long[] shape = [keys.size(0), keys.size(1), Capacity + virtualTokens, keys.size(3)];
            // Out of the scope of the forward pass that comes first: the others use it too.
            layers.Add(
                (
                    zeros(shape, keys.dtype, keys.device).DetachFromDisposeScope(),
                    zeros(shape, values.dtype, values.device).DetachFromDisposeScope()
                )
            );
        }

        var (allKeys, allValues) = layers[layer];
        allKeys.narrow(2, filled, added).copy_(keys);
        allValues.narrow(2, filled, added).copy_(values);
        // [batch, key-value heads, keys, head]
        return (allKeys.narrow(2, 0, filled + added), allValues.narrow(2, 0, filled + added));
    }

    /// <summary>A layer's keys and values of an encoder's tokens: computed once.</summary>
    internal (Tensor Keys, Tensor Values) Cross(int layer, Func<(Tensor Keys, Tensor Values)> compute)
    {
        if (cross.TryGetValue(layer, out var known))
            return known;
        var (keys, values) = compute();
        return cross[layer] = (keys.detach().DetachFromDisposeScope(), values.detach().DetachFromDisposeScope());
    }

    /// <summary>The positions of all tokens, with these new ones <c>[batch or 1, new]</c>.</summary>
    internal Tensor Positions(Tensor added)
    {
        var rows = Math.Max(added.size(0), positions?.size(0) ?? 1);
        // [batch or 1, keys]
        var all = positions is null ? added.alias() : cat([positions.expand(rows, -1), added.expand(rows, -1)], 1);
        positions?.Dispose();
        positions = all.DetachFromDisposeScope();
        return all.alias();
    }

    /// <summary>Counts tokens that every layer has got.</summary>
    internal void Advance(long added, long virtualTokens)
    {
        Length += added;
        filled += added + virtualTokens;
    }

    /// <summary>
    /// Goes on with these rows alone, in this order, on the device; one may be named several times, as where beams branch.
    /// </summary>
    /// <param name="rows">int64 <c>[selected]</c>.</param>
    public void Select(Tensor rows)
    {
        for (var i = 0; i < layers.Count; i++)
            layers[i] = Selected(layers[i]);
        foreach (var layer in cross.Keys)
            cross[layer] = Selected(cross[layer]);
        if (positions is not null && positions.size(0) > 1)
        {
            using var before = positions;
            positions = before.index_select(0, rows).DetachFromDisposeScope();
        }

        (Tensor, Tensor) Selected((Tensor Keys, Tensor Values) of)
        {
            using (of.Keys)
            using (of.Values)
                return (of.Keys.index_select(0, rows).DetachFromDisposeScope(), of.Values.index_select(0, rows).DetachFromDisposeScope());
        }
    }

    /// <summary>Takes in the rows of another cache of the same model, behind its own; the other is empty then.</summary>
    /// <param name="other">The other.</param>
    /// <param name="own">int64 <c>[rows, length]</c>: which token each row has where from now on; what is hidden may be any.</param>
    /// <param name="its">The same of the other's rows.</param>
    /// <param name="capacity">The most tokens per row from now on.</param>
    internal void Join(KvCache other, Tensor own, Tensor its, long capacity)
    {
        var (virtualTokens, length) = (filled - Length, own.size(1));
        for (var i = 0; i < layers.Count; i++)
        {
            var ((keys, values), (otherKeys, otherValues)) = (layers[i], other.layers[i]);
            layers[i] = (Joined(keys, otherKeys), Joined(values, otherValues));
        }

        if (positions is not null && other.positions is not null)
            using (positions)
                positions = cat([Placed(positions, own), Placed(other.positions, its)], 0).DetachFromDisposeScope();
        other.Dispose();
        (Length, filled, Capacity) = (length, length + virtualTokens, capacity);

        // [rows of both, key-value heads, virtual + capacity, head]
        Tensor Joined(Tensor first, Tensor second)
        {
            using (first)
            using (second)
            {
                long[] shape = [own.size(0) + its.size(0), first.size(1), virtualTokens + capacity, first.size(3)];
                var both = zeros(shape, first.dtype, first.device).DetachFromDisposeScope();
                Put(both.narrow(0, 0, own.size(0)), first, own);
                Put(both.narrow(0, own.size(0), its.size(0)), second, its);
                return both;
            }
        }

        void Put(Tensor to, Tensor from, Tensor columns)
        {
            to.narrow(2, 0, virtualTokens).copy_(from.narrow(2, 0, virtualTokens));
            // [rows, key-value heads, length, head]
            var places = columns.unsqueeze(1).unsqueeze(3).expand(-1, from.size(1), -1, from.size(3));
            to.narrow(2, virtualTokens, length).copy_(from.narrow(2, virtualTokens, from.size(2) - virtualTokens).gather(2, places));
        }

        // [rows, virtual + length]
        Tensor Placed(Tensor at, Tensor columns)
        {
            var all = at.expand(columns.size(0), -1);
            return cat([all.narrow(1, 0, virtualTokens), all.narrow(1, virtualTokens, all.size(1) - virtualTokens).gather(1, columns)], 1);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (keys, values) in layers.Concat(cross.Values))
        {
            keys.Dispose();
            values.Dispose();
        }

        positions?.Dispose();
        layers.Clear();
        cross.Clear();
    }
}
