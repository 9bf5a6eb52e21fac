using System.Numerics;

namespace TaskDsl.App.Drafting.Looking;

/// <summary>How long texts are, in steps of an eighth: a few hundred numbers, however many texts there are.</summary>
internal sealed class Lengths
{
    private readonly long[] counts = new long[32 * 8];
    private long count;

    /// <summary>The longest.</summary>
    public int Longest { get; private set; }

    /// <summary>Counts a length.</summary>
    public void Add(int length)
    {
        counts[Step(length)]++;
        count++;
        Longest = Math.Max(Longest, length);
    }

    /// <summary>The length that a share of them does not go beyond, at most an eighth too large.</summary>
    public int Quantile(double share)
    {
        long below = 0;
        for (var step = 0; step < counts.Length; step++)
        {
            below += counts[step];
            if (below >= share * count && below > 0)
                return Math.Min(Longest, Last(step));
        }

        return 0;
    }

    /// <summary>About how many are longer.</summary>
    public long LongerThan(int length) => counts[Math.Min(counts.Length, Step(length) + 1)..].Sum();

    private static int Step(int length)
    {
        if (length < 16)
            return length;
        var bits = BitOperations.Log2((uint)length);
        return (bits - 2) * 8 + ((length >> (bits - 3)) & 7);
    }

    // The last length of a step.
    private static int Last(int step)
    {
        if (step < 16)
            return step;
        var bits = step / 8 + 2;
        return (int)Math.Min(int.MaxValue, (1L << bits) + ((long)(step % 8 + 1) << (bits - 3)) - 1);
    }
}
