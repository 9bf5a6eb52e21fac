using TaskDsl.Torch.Native;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Models.Layers;

/// <summary>
/// A weight in another form than plain numbers, as few bits, which is never trained. What it stands for is computed where it is used, some
/// rows at a time.
/// </summary>
/// <param name="outputs">The size of what comes out.</param>
/// <param name="inputs">The size of what goes in.</param>
public abstract class QuantisedWeight(long outputs, long inputs) : IDisposable
{
    /// <summary>A piece begins at a multiple of so many rows: with a block of 64 numbers, and with a byte.</summary>
    private const long Aligned = 64;

    /// <summary>The size of what comes out.</summary>
    public long Outputs { get; } = outputs;

    /// <summary>The size of what goes in.</summary>
    public long Inputs { get; } = inputs;

    /// <summary>How many numbers it stands for.</summary>
    public long Count => Outputs * Inputs;

    /// <summary>The bytes that it takes, scales and all.</summary>
    public abstract long Bytes { get; }

    /// <summary>All that it stands for, float32 <c>[out, in]</c>: made anew each time, without a graph.</summary>
    public Tensor Matrix => Rows(0, Outputs);

    /// <summary>The rows that are computed at once: 16 MB in float32, or 64 rows where those are more. A test may want fewer.</summary>
    internal long PieceRows { get; set; } = Math.Min(outputs, Math.Max(Aligned, (4 << 20) / inputs / Aligned * Aligned));

    /// <summary>Some rows of it, float32 <c>[count, in]</c>, without a graph.</summary>
    /// <param name="from">The first, a multiple of 64.</param>
    /// <param name="count">How many.</param>
    public abstract Tensor Rows(long from, long count);

    /// <summary><c>x · Wᵀ + bias</c>, without a graph.</summary>
    /// <param name="x"><c>[…, in]</c>.</param>
    /// <param name="bias"><c>[out]</c>; null = none.</param>
    public virtual Tensor Product(Tensor x, Tensor? bias)
    {
        using var scope = NewDisposeScope();
        if (PieceRows >= Outputs)
            return Ops.Linear(x, Matrix, bias).MoveToOuterDisposeScope();
        Tensor? y = null; // […, out]
        for (long from = 0; from < Outputs; from += PieceRows)
        {
            using var inner = NewDisposeScope();
            var count = Math.Min(PieceRows, Outputs - from);
            var some = Ops.Linear(x, Rows(from, count), bias?.narrow(0, from, count)); // […, count], in the numbers of the products
            y ??= empty([.. x.shape[..^1], Outputs], some.dtype, some.device).MoveToOuterDisposeScope();
            y.narrow(-1, from, count).copy_(some);
        }

        return y!.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
