using static TorchSharp.torch;

namespace TaskDsl.Torch.Models;

/// <summary>
/// The keys and values of the tokens so far, so that each new token costs one step. Room is taken once; rows that are done can be
/// dropped. For inference only: nothing in it has a gradient.
/// </summary>
/// <param name="capacity">The most tokens per row.</param>
public sealed class KvCache(long capacity) : IDisposable
{
    private readonly List<(Tensor Keys, Tensor Values)> layers = []; // [rows, key heads, capacity, size]

    /// <summary>The tokens so far.</summary>
    public long Length { get; private set; }

    /// <summary>The most tokens per row.</summary>
    public long Capacity { get; } = capacity;

    /// <summary>Adds a layer's keys and values <c>[rows, key heads, new, size]</c> and gives all so far.</summary>
    internal (Tensor Keys, Tensor Values) Append(int layer, Tensor keys, Tensor values)
    {
        var added = keys.size(2);
        if (Length + added > Capacity) throw new InvalidOperationException($"The cache has room for {Capacity} tokens; {Length + added} are needed.");
        if (layer == layers.Count)
        {
            long[] shape = [keys.size(0), keys.size(1), Capacity, keys.size(3)];
            layers.Add((zeros(shape, keys.dtype, keys.device).DetachFromDisposeScope(), zeros(shape, values.dtype, values.device).DetachFromDisposeScope()));
        }

        var (allKeys, allValues) = layers[layer];
        allKeys.narrow(2, Length, added).copy_(keys);
        allValues.narrow(2, Length, added).copy_(values);
        return (allKeys.narrow(2, 0, Length + added), allValues.narrow(2, 0, Length + added));
    }

    /// <summary>Counts tokens that every layer has got.</summary>
    internal void Advance(long added) => Length += added;

    /// <summary>Keeps some rows only, in the order given.</summary>
    /// <param name="rows">int64 <c>[kept]</c>.</param>
    public void Keep(Tensor rows)
    {
        for (var i = 0; i < layers.Count; i++)
        {
            var (keys, values) = layers[i];
            using (keys)
            using (values)
                layers[i] = (keys.index_select(0, rows).DetachFromDisposeScope(), values.index_select(0, rows).DetachFromDisposeScope());
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (keys, values) in layers)
        {
            keys.Dispose();
            values.Dispose();
        }

        layers.Clear();
    }
}
