using System.Runtime.InteropServices;
using TaskDsl.Tasks;

namespace TaskDsl.Metrics.Counting;

/// <summary>A bag of items from which matches are taken one by one.</summary>
public readonly struct Counts
{
    private readonly Dictionary<OutputItem, int> counts;

    /// <summary>Counts items.</summary>
    public Counts(IReadOnlyList<OutputItem> items)
    {
        counts = new Dictionary<OutputItem, int>(items.Count);
        foreach (var item in items)
            CollectionsMarshal.GetValueRefOrAddDefault(counts, item, out _)++;
    }

    /// <summary>Takes one such item out; false where there is none left.</summary>
    public bool Take(OutputItem item)
    {
        ref var count = ref CollectionsMarshal.GetValueRefOrNullRef(counts, item);
        if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref count) || count == 0)
            return false;
        count--;
        return true;
    }
}
