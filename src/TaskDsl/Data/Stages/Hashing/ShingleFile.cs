using System.Runtime.InteropServices;

namespace TaskDsl.Data.Stages.Hashing;

/// <summary>Sets of shingles on the disk, by the order in which they were added.</summary>
public sealed class ShingleFile : IDisposable
{
    private readonly TemporaryFile file = new();
    private readonly List<long> ends = [];
    private ulong[] read = [];

    /// <summary>Adds a set.</summary>
    public void Add(ReadOnlySpan<ulong> set)
    {
        file.Append(MemoryMarshal.AsBytes(set));
        ends.Add(file.Length);
    }

    /// <summary>How alike a set is to the one of a number.</summary>
    public double Jaccard(int number, ReadOnlySpan<ulong> set)
    {
        var start = number == 0 ? 0 : ends[number - 1];
        var count = (int)((ends[number] - start) / sizeof(ulong));
        if (read.Length < count)
            read = new ulong[2 * count];
        file.Read(start, MemoryMarshal.AsBytes(read.AsSpan(0, count)));
        return Shingles.Jaccard(read.AsSpan(0, count), set);
    }

    /// <summary>Deletes the file.</summary>
    public void Dispose() => file.Dispose();
}
