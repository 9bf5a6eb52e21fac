using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Models.Positions;

/// <summary>How a stack knows the order of tokens.</summary>
internal abstract record PositionScheme
{
    /// <summary>Makes what the scheme needs at run time.</summary>
    public abstract PositionTable Open(StackShape shape, Device device, ParameterSource make);

    /// <summary>Whether it adds to attention's scores (<see cref="PositionTable.Bias"/>).</summary>
    public virtual bool AddsToScores => false;

    /// <summary>Throws unless the scheme fits the stack.</summary>
    public virtual void Check(StackShape shape, string path) { }
}

/// <summary>A scheme at work in one stack. What it does not do, it leaves at the default.</summary>
internal abstract class PositionTable : IDisposable
{
    /// <summary>What is freed with it.</summary>
    protected virtual IEnumerable<Tensor?> Tables => [];

    /// <summary>Whether attention needs the positions of all keys, and not only of the new ones.</summary>
    public virtual bool NeedsKeys => false;

    /// <summary>Added to the embeddings, <c>[batch or 1, new, hidden]</c>.</summary>
    /// <param name="positions">int64 <c>[batch or 1, new]</c>.</param>
    /// <param name="reach">How far they reach.</param>
    public virtual Tensor? Embedding(Tensor positions, Reach reach) => null;

    /// <summary>Cosines and sines <c>[batch or 1, new, 1, rotated]</c>.</summary>
    /// <param name="positions">
    /// int64 <c>[batch or 1, new]</c>; null = <paramref name="length"/> of them from <paramref name="past"/> on.
    /// </param>
    /// <param name="reach">How far they reach.</param>
    /// <param name="past">The first position, where none are given.</param>
    /// <param name="length">How many.</param>
    public virtual (Tensor Cosine, Tensor Sine)? Angles(Tensor? positions, Reach reach, long past, long length) => null;

    /// <summary>Added to the scores, broadcastable to <c>[batch, heads, queries, keys]</c>.</summary>
    /// <param name="first">The place of the first query among the keys.</param>
    /// <param name="queries">How many queries.</param>
    /// <param name="keys">How many keys.</param>
    /// <param name="positions">int64 <c>[batch or 1, keys]</c>, where <see cref="NeedsKeys"/>.</param>
    public virtual Tensor? Bias(long first, long queries, long keys, Tensor? positions) => null;

    public void Dispose()
    {
        foreach (var table in Tables)
            table?.Dispose();
    }
}

/// <summary>A learned vector for each position (GPT-2, BERT, BART).</summary>
/// <param name="Name">The table's name.</param>
/// <param name="Count">The positions that it has rows for.</param>
/// <param name="Offset">Rows before that of position 0.</param>
internal sealed record LearnedPositions(string Name, int Count, int Offset = 0) : PositionScheme
{
    public override void Check(StackShape shape, string path)
    {
        if (Count is < 1 or > 1 << 28)
            throw new ModelException($"{path}: the number of positions is {Count}; expected one from 1.");
    }

    public override PositionTable Open(StackShape shape, Device device, ParameterSource make) =>
        new Table(this, make($"{Name}.weight", Count + Offset, shape.PositionSize));

    private sealed class Table(LearnedPositions scheme, Parameter weight) : PositionTable
    {
        public override Tensor? Embedding(Tensor positions, Reach reach)
        {
            if (!reach.IsWithin(scheme.Count, positions))
                throw new ModelException($"The model has {scheme.Count} positions; a row needs {reach.Of(positions)}.");
            return Native.Ops.Embedding(weight, positions + scheme.Offset);
        }
    }
}

/// <summary>A penalty on each head's scores that grows with the distance (ALiBi, arXiv 2108.12409).</summary>
internal sealed record LinearBias : PositionScheme
{
    public override bool AddsToScores => true;

    public override PositionTable Open(StackShape shape, Device device, ParameterSource make) => new Table(shape.Heads, device);

    private sealed class Table(int heads, Device device) : PositionTable
    {
        private readonly Tensor slopes = tensor(Slopes(heads), [1, heads, 1, 1], device: device).DetachFromDisposeScope();

        public override bool NeedsKeys => true;

        // Only differences count in a softmax: the keys' own positions do. [batch or 1, heads, 1, keys]
        public override Tensor? Bias(long first, long queries, long keys, Tensor? positions) =>
            slopes * positions!.to(ScalarType.Float32).unsqueeze(1).unsqueeze(1);

        protected override IEnumerable<Tensor?> Tables => [slopes];

        private static float[] Slopes(int heads)
        {
            // As the paper's code: those of the power of two below, then every second one of the power above.
            var whole = 1 << (int)Math.Floor(Math.Log2(heads));
            var slopes = Enumerable.Range(1, whole).Select(i => Math.Pow(2, -8.0 * i / whole));
            var rest = Enumerable.Range(0, heads - whole).Select(i => Math.Pow(2, -4.0 * (2 * i + 1) / whole));
            return [.. slopes.Concat(rest).Select(s => (float)s)];
        }
    }
}

/// <summary>A learned number for each head and class of distance (T5, arXiv 1910.10683).</summary>
/// <param name="Name">The table's name.</param>
/// <param name="Buckets">The classes.</param>
/// <param name="MaxDistance">The distance from which on all are one class.</param>
internal sealed record RelativeBias(string Name, int Buckets, int MaxDistance) : PositionScheme
{
    public override bool AddsToScores => true;

    public override void Check(StackShape shape, string path)
    {
        if (Buckets is < 4 or > 1 << 28 || MaxDistance <= Buckets / 2)
            throw new ModelException(
                $"{path}: {Buckets} classes of distances up to {MaxDistance}; "
                    + "expected at least 4, and a distance of more than half of them."
            );
    }

    public override PositionTable Open(StackShape shape, Device device, ParameterSource make) =>
        new Table(this, shape.Causal, make($"{Name}.weight", Buckets, shape.Heads));

    private sealed class Table(RelativeBias scheme, bool causal, Parameter weight) : PositionTable
    {
        private readonly Lock gate = new();
        private Tensor? classes; // int64 [2 · reach − 1]: of the distances from 1 − reach to reach − 1

        public override Tensor? Bias(long first, long queries, long keys, Tensor? positions)
        {
            var (list, reach) = Grow(Math.Max(first + queries, keys));
            using var scope = NewDisposeScope();
            // Each row is a piece of that list: query q sees key k at the distance k − (first + q).
            var rows = list.unfold(0, keys, 1).narrow(0, reach - first - queries, queries).flip(0); // [queries, keys]
            // [1, heads, queries, keys]
            return Native.Ops.Embedding(weight, rows).permute(2, 0, 1).unsqueeze(0).contiguous().MoveToOuterDisposeScope();
        }

        protected override IEnumerable<Tensor?> Tables => [classes];

        /// <summary>The list, made longer if it must be, and how far it reaches.</summary>
        private (Tensor Classes, long Reach) Grow(long needed)
        {
            lock (gate)
            {
                var reach = classes is null ? 0 : (classes.size(0) + 1) / 2;
                if (reach >= needed)
                    return (classes!, reach);
                reach = Math.Max(needed, 2 * reach);
                var made = new long[2 * reach - 1];
                for (long i = 0; i < made.Length; i++)
                    made[i] = Bucket(i + 1 - reach);
                // The shorter one is left to its finaliser: another thread may still read it.
                classes = tensor(made, device: weight.device).DetachFromDisposeScope();
                return (classes, reach);
            }
        }

        /// <summary>
        /// Half of the classes are exact, the others grow with the logarithm; both ways have their own where tokens see ahead.
        /// </summary>
        private long Bucket(long distance)
        {
            var (buckets, start) = (scheme.Buckets, 0);
            if (!causal)
            {
                buckets /= 2;
                if (distance > 0)
                    start = buckets;
                distance = Math.Abs(distance);
            }
            else
            {
                distance = Math.Max(-distance, 0);
            }

            var exact = buckets / 2;
            if (distance < exact)
                return start + distance;
            // In float32, as the reference: at the edge of a class float64 may decide otherwise.
            var far = exact + (long)(MathF.Log((float)distance / exact) / MathF.Log((float)scheme.MaxDistance / exact) * (buckets - exact));
            return start + Math.Min(far, buckets - 1);
        }
    }
}
