using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace TaskDsl.App.Drafting.Looking;

/// <summary>
/// The different values of a column: all of them with their counts where they are few, and always about how many there are. What is held is
/// bounded: of very many values those are kept whose hash ends in so many zeros.
/// </summary>
internal sealed class Values
{
    /// <summary>The most different values that are known by name.</summary>
    public const int Most = 1000;

    /// <summary>The longest value that is known by name.</summary>
    public const int Longest = 400;

    private const int MostHashes = 1 << 14;

    private readonly HashSet<ulong> hashes = [];
    private Dictionary<string, long>? counts = new(StringComparer.Ordinal);
    private int zeros;

    /// <summary>Each value with its count, the most frequent first; null where they are too many or too long.</summary>
    public IReadOnlyList<KeyValuePair<string, long>>? Known =>
        counts is null ? null : [.. counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal)];

    /// <summary>How many different values there are: exactly up to 16,384, beyond that within about two of a hundred.</summary>
    public long Distinct => counts?.Count ?? (long)hashes.Count << zeros;

    /// <summary>Whether <see cref="Distinct"/> is exact.</summary>
    public bool IsExact => zeros == 0;

    /// <summary>Counts a value.</summary>
    public void Add(string value)
    {
        if (counts is not null && value.Length <= Longest)
            CollectionsMarshal.GetValueRefOrAddDefault(counts, value, out _)++;
        if (counts is not null && (counts.Count > Most || value.Length > Longest))
        {
            foreach (var known in counts.Keys)
                Remember(Hash(known));
            counts = null;
        }

        if (counts is null)
            Remember(Hash(value));
    }

    /// <summary>A value's hash.</summary>
    public static ulong Hash(string value) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(value.AsSpan()));

    private void Remember(ulong hash)
    {
        var mask = (1UL << zeros) - 1;
        if ((hash & mask) != 0 || !hashes.Add(hash) || hashes.Count <= MostHashes)
            return;
        zeros++;
        mask = (1UL << zeros) - 1;
        hashes.RemoveWhere(kept => (kept & mask) != 0);
    }
}
