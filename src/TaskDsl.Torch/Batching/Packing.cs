namespace TaskDsl.Torch.Batching;

/// <summary>Puts sequences into rows.</summary>
public static class Packing
{
    /// <summary>
    /// Best fit, longest first (Johnson 1973): each sequence goes into the row that it fills best, a new one where it fits in none.
    /// Needs at most about 11/9 of the fewest rows possible. Sequences of one length keep their order, so the result depends on
    /// the order given and on nothing else.
    /// </summary>
    /// <param name="sequences">Each at most <paramref name="capacity"/> tokens long.</param>
    /// <param name="capacity">Tokens per row.</param>
    public static List<TokenSequence[]> BestFit(IReadOnlyList<TokenSequence> sequences, int capacity)
    {
        var rows = new List<List<TokenSequence>>();
        var room = new SortedSet<(int Left, int Row)>();
        foreach (var sequence in sequences.OrderByDescending(s => s.Length))
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(sequence.Length, capacity);
            var best = room.GetViewBetween((sequence.Length, 0), (capacity, int.MaxValue)).Min;
            if (best.Left == 0)
            {
                best = (capacity, rows.Count);
                rows.Add([]);
            }
            else
            {
                room.Remove(best);
            }

            rows[best.Row].Add(sequence);
            if (best.Left > sequence.Length) room.Add((best.Left - sequence.Length, best.Row));
        }

        return rows.ConvertAll(row => row.ToArray());
    }
}
