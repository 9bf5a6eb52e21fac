using TaskDsl.Torch.Native;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Batches;

/// <summary>Sequences as rows of one length.</summary>
public static class Rows
{
    /// <summary>Pads sequences on the right.</summary>
    /// <param name="sequences">Their tokens.</param>
    /// <param name="padding">The token that fills rows up.</param>
    /// <param name="device">Where the rows must be.</param>
    /// <returns>int64 <c>[rows, longest]</c>, and bool of the same shape: which are no padding.</returns>
    public static (Tensor Ids, Tensor Real) Pad(IReadOnlyList<int[]> sequences, long padding, Device device)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        var (rows, length) = (sequences.Count, Math.Max(1, sequences.Max(s => s.Length)));
        var (ids, real) = (new long[rows * length], new bool[rows * length]);
        Array.Fill(ids, padding);
        for (var row = 0; row < rows; row++)
        {
            for (var i = 0; i < sequences[row].Length; i++)
                ids[row * length + i] = sequences[row][i];
            real.AsSpan(row * length, sequences[row].Length).Fill(true);
        }

        return (FromHost.Tensor(ids, [rows, length], device), FromHost.Tensor(real, [rows, length], device));
    }
}
