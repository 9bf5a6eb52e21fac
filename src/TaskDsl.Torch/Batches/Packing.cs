using System.Numerics;

namespace TaskDsl.Torch.Batches;

/// <summary>Puts sequences into rows. The result depends on the lengths and their order, and on nothing else.</summary>
public static class Packing
{
    /// <summary>A fill that leaves nothing to search for.</summary>
    private const double Full = 0.99;

    /// <summary>
    /// Puts sequences into few rows: by best fit, longest first; where that leaves more than a hundredth of the room, by filling row after
    /// row if that takes fewer rows.
    /// </summary>
    /// <param name="lengths">The sequences' lengths, each from 1 to <paramref name="capacity"/>.</param>
    /// <param name="capacity">Tokens per row.</param>
    /// <returns>The rows, each as the numbers of its sequences.</returns>
    public static List<int[]> Rows(ReadOnlySpan<int> lengths, int capacity)
    {
        var fitted = BestFit(lengths, capacity);
        var tokens = 0L;
        foreach (var length in lengths)
            tokens += length;
        if (tokens >= Full * capacity * fitted.Count)
            return fitted;
        var filled = RowFilling.Fill(lengths, capacity);
        return filled.Count < fitted.Count ? filled : fitted;
    }

    /// <summary>
    /// Best fit, longest first (Johnson 1973): each sequence goes into the row that it fills best, a new one where it fits in none.
    /// Needs at most about 11/9 of the fewest rows possible. Sequences of one length keep their order.
    /// </summary>
    /// <param name="lengths">The sequences' lengths, each from 1 to <paramref name="capacity"/>.</param>
    /// <param name="capacity">Tokens per row.</param>
    /// <returns>The rows, each as the numbers of its sequences.</returns>
    public static List<int[]> BestFit(ReadOnlySpan<int> lengths, int capacity)
    {
        var rows = new List<List<int>>();
        var withRoom = new Rooms(capacity);
        foreach (var sequence in LongestFirst(lengths, capacity))
        {
            var length = lengths[sequence];
            var (room, row) = withRoom.Take(length);
            if (room == 0)
            {
                (room, row) = (capacity, rows.Count);
                rows.Add([]);
            }

            rows[row].Add(sequence);
            withRoom.Add(room - length, row);
        }

        return rows.ConvertAll(row => row.ToArray());
    }

    private static int[] LongestFirst(ReadOnlySpan<int> lengths, int capacity)
    {
        var place = new int[capacity + 1]; // Of the next sequence of each length.
        foreach (var length in lengths)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(length, capacity, nameof(lengths));
            ArgumentOutOfRangeException.ThrowIfLessThan(length, 1, nameof(lengths));
            place[length - 1]++;
        }

        for (var length = capacity - 1; length >= 0; length--)
            place[length] += place[length + 1];
        var order = new int[lengths.Length];
        for (var i = 0; i < lengths.Length; i++)
            order[place[lengths[i]]++] = i;
        return order;
    }

    /// <summary>The rows that have room left: for each room those rows, and a bit where there are any.</summary>
    private sealed class Rooms(int capacity)
    {
        private readonly PriorityQueue<int, int>?[] rows = new PriorityQueue<int, int>?[capacity + 1];
        private readonly ulong[] any = new ulong[capacity / 64 + 1];

        /// <summary>Takes the first row of those with the least room of at least so much; room 0 where there is none.</summary>
        public (int Room, int Row) Take(int least)
        {
            for (var (word, mask) = (least / 64, ulong.MaxValue << least); word < any.Length; word++, mask = ulong.MaxValue)
            {
                if ((any[word] & mask) is not (> 0 and var bits))
                    continue;
                var room = word * 64 + BitOperations.TrailingZeroCount(bits);
                var row = rows[room]!.Dequeue();
                if (rows[room]!.Count == 0)
                    any[word] &= ~(1UL << room);
                return (room, row);
            }

            return default;
        }

        public void Add(int room, int row)
        {
            if (room == 0)
                return;
            (rows[room] ??= new()).Enqueue(row, row);
            any[room / 64] |= 1UL << room;
        }
    }
}
