using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Models.Positions;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>A decoder goes on behind its prompts, which are padded on the left.</summary>
internal sealed class DecoderLogits : LogitSourceRun
{
    private readonly Decoder decoder;
    private readonly KvCache cache;
    private bool padded;
    private long[] lengths; // Of each row, what it has of tokens that are no padding.
    private Tensor input,
        at,
        mask;

    public DecoderLogits(Decoder decoder, IReadOnlyList<int[]> prompts, int limit, int padding)
    {
        this.decoder = decoder;
        lengths = [.. prompts.Select(p => (long)p.Length)];
        var longest = prompts.Max(p => p.Length);
        var capacity = longest + limit;
        cache = new KvCache(capacity);
        var shared = Share(prompts);
        var width = longest - shared;
        padded = prompts.Any(p => p.Length != longest);
        var (ids, positions, real) = Pad(prompts, shared, width, capacity, padding);
        input = tensor(ids, [prompts.Count, width], device: decoder.Device).DetachFromDisposeScope();
        at = tensor(positions, [prompts.Count, width], device: decoder.Device).DetachFromDisposeScope();
        mask = tensor(real, [prompts.Count, capacity], device: decoder.Device).DetachFromDisposeScope();
    }

    public override Tensor Next(long[]? last)
    {
        if (last is not null)
        {
            using (input)
            using (at)
            {
                at = (at.narrow(1, at.size(1) - 1, 1) + 1).DetachFromDisposeScope(); // [batch, 1]
                input = tensor(last, [last.Length, 1], device: decoder.Device).DetachFromDisposeScope();
                lengths = Array.ConvertAll(lengths, length => length + 1);
            }
        }

        var hidden = decoder.Hidden(
            input,
            at,
            padded ? AttentionPattern.Padded(mask.narrow(1, 0, cache.Length + input.size(1))) : null, // [batch, keys]
            cache,
            reach: lengths.Max()
        );
        return decoder.Logits(hidden.select(1, hidden.size(1) - 1)); // [batch, vocabulary]
    }

    public override void Select(int[] rows)
    {
        var selected = tensor(rows.Select(r => (long)r).ToArray(), device: decoder.Device);
        cache.Select(selected);
        lengths = Array.ConvertAll(rows, row => lengths[row]);
        using (mask)
        using (at)
            (mask, at) = (mask.index_select(0, selected).DetachFromDisposeScope(), at.index_select(0, selected).DetachFromDisposeScope());
    }

    public override bool Join(LogitSourceRun other)
    {
        if (other is not DecoderLogits joined || joined.decoder != decoder)
            return false;
        var length = Math.Max(lengths.Max(), joined.lengths.Max());
        var capacity = length + Math.Max(cache.Capacity - cache.Length, joined.cache.Capacity - joined.cache.Length);
        if (TurnsByLongest(capacity))
            return false;
        using var scope = NewDisposeScope();
        cache.Join(joined.cache, Aligned(length), joined.Aligned(length), capacity);
        lengths = [.. lengths, .. joined.lengths];
        padded = lengths.Any(own => own != length);
        foreach (var tensor in (ReadOnlySpan<Tensor>)[input, at, mask])
            tensor.Dispose();
        input = zeros([lengths.Length, 1], ScalarType.Int64, decoder.Device).DetachFromDisposeScope(); // The next tokens take its place.
        at = (Column(lengths) - 1).DetachFromDisposeScope();
        mask = arange(capacity, device: decoder.Device).unsqueeze(0).ge(length - Column(lengths)).DetachFromDisposeScope(); // [rows, keys]
        return true;

        Tensor Column(long[] numbers) => tensor(numbers, [numbers.Length, 1], device: decoder.Device);
    }

    /// <summary>Whether a longer row beside it changes what a row says: some scalings turn all rows as the longest needs it.</summary>
    private bool TurnsByLongest(long longest) =>
        decoder.Config.Architecture.Decoder!.Positions is Rotary { Scaling: { } scaling } && scaling.Reach(longest) != scaling.Reach(1);

    /// <summary>Where each row has its tokens, the last of all rows in one column: padding comes first.</summary>
    /// <param name="length">How many columns there are to be: no fewer than a row has tokens.</param>
    /// <returns>int64 <c>[rows, length]</c>.</returns>
    private Tensor Aligned(long length)
    {
        var (_, order) = mask.narrow(1, 0, cache.Length).to(ScalarType.Int32).sort(1, descending: false, stable: true); // [rows, keys]
        return length <= cache.Length
            ? order.narrow(1, cache.Length - length, length)
            : cat([zeros([order.size(0), length - cache.Length], ScalarType.Int64, decoder.Device), order], 1);
    }

    public override void Dispose()
    {
        foreach (var tensor in (ReadOnlySpan<Tensor>)[input, at, mask])
            tensor.Dispose();
        cache.Dispose();
    }

    /// <summary>Computes the beginning that all prompts share, the instruction often, once for all rows.</summary>
    /// <returns>Its tokens; 0 where it is not worth it.</returns>
    private int Share(IReadOnlyList<int[]> prompts)
    {
        const int worthwhile = 8;
        if (prompts.Count == 1)
            return 0;
        var first = prompts[0];
        var shared = prompts.Min(p => Math.Min(p.Length - 1, p.AsSpan().CommonPrefixLength(first)));
        if (shared < worthwhile)
            return 0;
        using var scope = NewDisposeScope();
        decoder.Hidden(tensor(first.Take(shared).Select(id => (long)id).ToArray(), [1, shared], device: decoder.Device), cache: cache);
        cache.Select(zeros(prompts.Count, dtype: ScalarType.Int64, device: decoder.Device));
        return shared;
    }

    /// <summary>What follows the shared beginning, padded on the left to one width.</summary>
    private static (long[] Ids, long[] Positions, bool[] Real) Pad(
        IReadOnlyList<int[]> prompts,
        int shared,
        int width,
        int capacity,
        int padding
    )
    {
        var (ids, positions, real) = (new long[prompts.Count * width], new long[prompts.Count * width], new bool[prompts.Count * capacity]);
        Array.Fill(ids, padding);
        Array.Fill(real, true);
        for (var row = 0; row < prompts.Count; row++)
        {
            var rest = prompts[row].AsSpan(shared);
            var empty = width - rest.Length;
            real.AsSpan(row * capacity + shared, empty).Clear();
            for (var i = 0; i < rest.Length; i++)
                (ids[row * width + empty + i], positions[row * width + empty + i]) = (rest[i], shared + i);
        }

        return (ids, positions, real);
    }
}
