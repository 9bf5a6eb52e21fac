using static TorchSharp.torch;

namespace TaskDsl.Torch.Native;

/// <summary>Texts that lie one behind the other without padding, and do not see each other.</summary>
/// <param name="Lengths">How many tokens each has, known on the host.</param>
/// <param name="Ends">int32 <c>[texts + 1]</c>: 0, and where each ends.</param>
internal sealed record Segments(IReadOnlyList<int> Lengths, Tensor Ends)
{
    /// <summary>Sums the lengths, and brings the sums to a device.</summary>
    public Segments(IReadOnlyList<int> lengths, Device device)
        : this(lengths, FromHost.Tensor(Sums(lengths), device)) { }

    /// <summary>The tokens of the longest.</summary>
    public int Longest { get; } = Lengths.Max();

    /// <summary>The lengths of runs of equal numbers.</summary>
    /// <param name="numbers">Rows of numbers, one behind the other.</param>
    /// <param name="length">The length of a row: a run ends with its row.</param>
    public static int[] Runs(ReadOnlySpan<long> numbers, long length)
    {
        var runs = new List<int>();
        for (var i = 0; i < numbers.Length; i++)
            if (i % length == 0 || numbers[i] != numbers[i - 1])
                runs.Add(1);
            else
                runs[^1]++;
        return [.. runs];
    }

    private static int[] Sums(IReadOnlyList<int> lengths)
    {
        var sums = new int[lengths.Count + 1];
        for (var i = 0; i < lengths.Count; i++)
            sums[i + 1] = checked(sums[i] + lengths[i]);
        return sums;
    }
}
