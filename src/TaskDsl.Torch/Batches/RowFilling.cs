using System.Numerics;

namespace TaskDsl.Torch.Batches;

/// <summary>
/// Fills one row after the other: each begins with the longest sequence that is left, and takes those that together leave the least room
/// (minimum bin slack, Gupta and Ho 1999), which a short search finds. Better than best fit where short sequences are plenty.
/// </summary>
internal sealed class RowFilling
{
    /// <summary>How many sequences a search tries: enough to fill nearly all rows to the last token.</summary>
    private const int Tries = 200;
    private const int Deepest = 64;

    private readonly int[] left; // Of each length.
    private readonly ulong[] any; // A bit for each length of which some are left.
    private readonly List<int> chosen = [];
    private readonly List<int> best = [];
    private int leastRoom;
    private int tries;

    private RowFilling(ReadOnlySpan<int> lengths, int capacity)
    {
        left = new int[capacity + 1];
        any = new ulong[capacity / 64 + 1];
        foreach (var length in lengths)
            Put(length);
    }

    public static List<int[]> Fill(ReadOnlySpan<int> lengths, int capacity)
    {
        var waiting = new Queue<int>?[capacity + 1];
        for (var i = 0; i < lengths.Length; i++)
            (waiting[lengths[i]] ??= new()).Enqueue(i);
        var filling = new RowFilling(lengths, capacity);
        var rows = new List<int[]>();
        for (int longest; (longest = filling.Longest(capacity)) > 0; )
            rows.Add([.. filling.Row(longest, capacity).Select(length => waiting[length]!.Dequeue())]);
        return rows;
    }

    /// <summary>The lengths of the row that begins with the longest.</summary>
    private List<int> Row(int longest, int capacity)
    {
        var row = new List<int>();
        var room = capacity;
        // Where there is much room, any that fit will do: what counts is how the last ones fit together.
        for (var next = longest; next > 0; next = room > 16 * longest ? Longest(room) : 0)
        {
            Take(next);
            row.Add(next);
            room -= next;
        }

        (leastRoom, tries) = (room, 0);
        best.Clear();
        Search(room, room);
        foreach (var length in best)
            Take(length);
        row.AddRange(best);
        return row;
    }

    private void Search(int room, int most)
    {
        if (room < leastRoom)
        {
            leastRoom = room;
            best.Clear();
            best.AddRange(chosen);
        }

        if (chosen.Count == Deepest)
            return;
        for (var length = Longest(Math.Min(room, most)); length > 0 && leastRoom > 0 && tries++ < Tries; length = Longest(length - 1))
        {
            Take(length);
            chosen.Add(length);
            Search(room - length, length);
            chosen.RemoveAt(chosen.Count - 1);
            Put(length);
        }
    }

    /// <summary>The longest that are left of at most so many tokens; 0 where there are none.</summary>
    private int Longest(int most)
    {
        var mask = ulong.MaxValue >> (63 - most % 64);
        for (var word = most / 64; word >= 0; word--, mask = ulong.MaxValue)
            if ((any[word] & mask) is > 0 and var bits)
                return word * 64 + BitOperations.Log2(bits);
        return 0;
    }

    private void Take(int length)
    {
        if (--left[length] == 0)
            any[length / 64] &= ~(1UL << length);
    }

    private void Put(int length)
    {
        if (left[length]++ == 0)
            any[length / 64] |= 1UL << length;
    }
}
