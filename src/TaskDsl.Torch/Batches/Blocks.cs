namespace TaskDsl.Torch.Batches;

/// <summary>Work on numbered items, in blocks on all cores.</summary>
internal static class Blocks
{
    private const int Size = 64; // Their tokens fit into arrays that the garbage collector still moves cheaply.

    /// <summary>
    /// Gives each block's result in order; few blocks are under way at a time. The first error in order is the one that comes out.
    /// </summary>
    /// <param name="count">How many items there are.</param>
    /// <param name="work">Works on the items from one number to before another.</param>
    public static IEnumerable<T> OnAllCores<T>(int count, Func<int, int, T> work)
    {
        var underWay = new Queue<Task<T>>();
        for (var from = 0; from < count; from += Size)
        {
            var (start, end) = (from, Math.Min(count, from + Size));
            underWay.Enqueue(Task.Run(() => work(start, end)));
            if (underWay.Count > 2 * Environment.ProcessorCount)
                yield return underWay.Dequeue().GetAwaiter().GetResult();
        }

        while (underWay.Count > 0)
            yield return underWay.Dequeue().GetAwaiter().GetResult();
    }
}
