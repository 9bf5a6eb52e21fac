using System.Runtime.InteropServices;

namespace TaskDsl.Data.Stages.Hashing;

/// <summary>
/// Finds sets that are probably alike: the least of so many hashes of two sets agree as often as the sets do (MinHash, Broder 1997), and
/// sets that agree in all rows of one band are candidates. With b bands of r rows, two sets of similarity s are found with probability
/// 1 − (1 − sʳ)ᵇ; rows are the most with which 20 bands find 99 % at the threshold.
/// </summary>
public sealed class MinHashBands
{
    private const int MostBands = 20,
        MostRows = 20;
    private const double Missed = 0.01;

    private readonly int rows;
    private readonly ulong[] factors,
        least,
        bands;
    private readonly HashIndex index = new();
    private readonly List<uint> candidates = [];

    /// <summary>Begins with no sets.</summary>
    /// <param name="threshold">The similarity from which on pairs are to be found, above 0.</param>
    public MinHashBands(double threshold)
    {
        while (rows < MostRows && Bands(threshold, rows + 1) <= MostBands)
            rows++;
        bands = new ulong[Bands(threshold, rows)];
        least = new ulong[bands.Length * rows];
        factors = new ulong[least.Length];
        for (var i = 0; i < factors.Length; i++)
            factors[i] = Shingles.Mix((ulong)i) | 1;
    }

    /// <summary>Looks at a set: the others speak of it.</summary>
    public void Compute(ReadOnlySpan<ulong> set)
    {
        Array.Fill(least, ulong.MaxValue);
        foreach (var shingle in set)
            for (var i = 0; i < factors.Length; i++)
                least[i] = Math.Min(least[i], shingle * factors[i]);
        for (var band = 0; band < bands.Length; band++)
        {
            var hash = (ulong)band;
            foreach (var row in least.AsSpan(band * rows, rows))
                hash = Shingles.Mix(hash ^ row);
            bands[band] = hash;
        }
    }

    /// <summary>The numbers under which sets like this one were added, in ascending order; valid until the next call.</summary>
    public ReadOnlySpan<uint> Candidates()
    {
        candidates.Clear();
        foreach (var band in bands)
            for (var found = index.Find(band); found.MoveNext(); )
                candidates.Add(found.Current);
        candidates.Sort();
        var distinct = 0;
        for (var i = 0; i < candidates.Count; i++)
            if (i == 0 || candidates[i] != candidates[distinct - 1])
                candidates[distinct++] = candidates[i];
        return CollectionsMarshal.AsSpan(candidates)[..distinct];
    }

    /// <summary>Adds the set under a number.</summary>
    public void Add(uint number)
    {
        foreach (var band in bands)
            index.Add(band, number);
    }

    private static int Bands(double threshold, int rows) =>
        Math.Max(1, (int)Math.Ceiling(Math.Log(Missed) / Math.Log(1 - Math.Pow(threshold, rows))));
}
