using TaskDsl.Torch.Native;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Pipelines.Curating;

/// <summary>
/// Vectors of length 1, in the host's memory: the products of two are cosines. Its own memory is freed when it is disposed.
/// </summary>
public sealed class VectorTable : IDisposable
{
    // Similarities that are held at a time.
    private const int Block = 1 << 22;

    private readonly Tensor rows; // [vectors, size]

    /// <summary>Takes a tensor over.</summary>
    /// <param name="rows">float32 <c>[vectors, size]</c> on the CPU, each of length 1.</param>
    public VectorTable(Tensor rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        this.rows = rows.DetachFromDisposeScope();
    }

    /// <summary>How many vectors there are.</summary>
    public int Count => (int)rows.size(0);

    /// <summary>How many numbers a vector has.</summary>
    public int Size => (int)rows.size(1);

    /// <summary>The numbers, vector by vector, <c>[vectors, size]</c>.</summary>
    public Tensor Rows => rows;

    /// <summary>Some of the vectors, each as often as it is named. The caller disposes them.</summary>
    public VectorTable Take(IReadOnlyList<int> which)
    {
        using var scope = NewDisposeScope();
        return new VectorTable(rows.index_select(0, tensor(which.Select(i => (long)i).ToArray(), device: rows.device)));
    }

    /// <summary>Each vector's similarities with all of another table, a row at a time.</summary>
    /// <param name="with">The other table.</param>
    /// <param name="read">Receives the vector's number and its row, which lives no longer than the call.</param>
    /// <param name="cancellation">Ends the work.</param>
    public void Compare(VectorTable with, Action<int, ReadOnlySpan<float>> read, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(with);
        ArgumentNullException.ThrowIfNull(read);
        using var ungraded = no_grad();
        var together = Math.Max(1, Block / Math.Max(1, with.Count));
        for (var from = 0; from < Count; from += together)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var count = Math.Min(together, Count - from);
            var block = rows.narrow(0, from, count).matmul(with.rows.t()).contiguous(); // [count, others]
            var numbers = TensorMemory.Span<float>(block);
            for (var i = 0; i < count; i++)
                read(from + i, numbers.Slice(i * with.Count, with.Count));
        }
    }

    /// <summary>Each vector's similarity with one of them.</summary>
    public float[] With(int vector)
    {
        using var ungraded = no_grad();
        using var scope = NewDisposeScope();
        return [.. TensorMemory.Span<float>(rows.matmul(rows.select(0, vector)).contiguous())]; // [vectors]
    }

    /// <summary>Each vector's mean similarity with all.</summary>
    public float[] WithAll()
    {
        using var ungraded = no_grad();
        using var scope = NewDisposeScope();
        return [.. TensorMemory.Span<float>(rows.matmul(rows.mean([0L])).contiguous())]; // [vectors]
    }

    /// <inheritdoc/>
    public void Dispose() => rows.Dispose();
}
