using System.Runtime.InteropServices;

namespace TaskDsl.Torch.Draws;

/// <summary>
/// Random draws that depend on nothing but the numbers they are seeded with (SplitMix64, Steele et al. 2014): the same on every
/// machine, whatever the threads and whatever was drawn before.
/// </summary>
public struct Draw
{
    private ulong state;

    /// <summary>Begins a series that belongs to these numbers, in this order.</summary>
    public Draw(params ReadOnlySpan<long> seeds)
    {
        state = 0x243F6A8885A308D3; // π, so that seed 0 is no special case
        foreach (var seed in seeds)
            state = Mix(state ^ (ulong)seed) + 0x9E3779B97F4A7C15;
    }

    /// <summary>The next 64 bits.</summary>
    public ulong Next() => Mix(state += 0x9E3779B97F4A7C15);

    /// <summary>A number from 0 to below <paramref name="count"/> (Lemire's multiplication; the bias is below 2⁻³²).</summary>
    public int Below(int count) => (int)((UInt128)Next() * (uint)count >> 64);

    /// <summary>Numbers spread evenly in ± <paramref name="bound"/>.</summary>
    public float[] Uniform(long count, double bound)
    {
        var numbers = new float[count];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = (float)(bound * (2 * Unit() - 1));
        return numbers;
    }

    /// <summary>Normal numbers of a standard deviation (Box and Muller 1958).</summary>
    public float[] Normal(long count, double deviation)
    {
        var numbers = new float[count];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = (float)(deviation * Math.Sqrt(-2 * Math.Log(1 - Unit())) * Math.Cos(2 * Math.PI * Unit()));
        return numbers;
    }

    /// <summary>Puts items into random order.</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var other = Below(i + 1);
            (items[i], items[other]) = (items[other], items[i]);
        }
    }

    /// <summary>The numbers from 0 to below <paramref name="count"/> in random order.</summary>
    public int[] Permutation(int count)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++)
            order[i] = i;
        Shuffle<int>(order);
        return order;
    }

    /// <summary>A seed made from a text.</summary>
    public static long Seed(ReadOnlySpan<char> text)
    {
        ulong hash = 0xCBF29CE484222325;
        foreach (var b in MemoryMarshal.AsBytes(text))
            hash = Mix(hash ^ b);
        return (long)hash;
    }

    /// <summary>A number spread evenly in [0, 1).</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1L << 53));

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
