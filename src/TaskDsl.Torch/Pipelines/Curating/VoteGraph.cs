namespace TaskDsl.Torch.Pipelines.Curating;

/// <summary>
/// Points that vote for their nearest ones, and those that are chosen by the votes (vote-k; Su et al., arXiv 2209.01975): a vote counts
/// ρ^−c, ρ = 10, where c is how many of the chosen the voter has voted for; the chosen vote no more. Of equally good ones that with more
/// votes at the beginning comes first, then the first.
/// </summary>
/// <remarks>The published code forgets to count c in its second phase; this follows the paper.</remarks>
public sealed class VoteGraph
{
    private const int Least = 28;

    // Decimal, so that equal sums are equal in whatever order they are added; beyond its 28 places a vote counts nothing.
    private static readonly decimal[] Counts = [.. Enumerable.Range(0, Least).Select(c => new decimal(1, 0, 0, false, (byte)c)), 0];

    private readonly int[][] voters;
    private readonly int[] spent; // c of each voter
    private readonly bool[] isChosen;
    private readonly int[] order; // The place of each point among all, by its votes at the beginning.

    /// <summary>A graph in which nothing is chosen.</summary>
    /// <param name="nearest">For each point those that it votes for.</param>
    public VoteGraph(IReadOnlyList<int[]> nearest)
    {
        ArgumentNullException.ThrowIfNull(nearest);
        var lists = nearest.Select(_ => new List<int>()).ToArray();
        foreach (var (voter, ballot) in nearest.Index())
        foreach (var point in ballot)
            lists[point].Add(voter);
        voters = [.. lists.Select(list => list.ToArray())];
        (spent, isChosen, order) = (new int[voters.Length], new bool[voters.Length], new int[voters.Length]);
        foreach (var (place, point) in Enumerable.Range(0, voters.Length).OrderByDescending(p => voters[p].Length).Index())
            order[point] = place;
    }

    /// <summary>Each vector votes for the nearest others; of equally near ones for the first.</summary>
    /// <param name="vectors">The vectors.</param>
    /// <param name="neighbours">How many each votes for, if there are so many others.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static VoteGraph Of(VectorTable vectors, int neighbours, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        var nearest = new int[vectors.Count][];
        vectors.Compare(
            vectors,
            (vector, similarities) => nearest[vector] = [.. SearchIndex.Best(similarities, neighbours, vector).Select(hit => hit.Text)],
            cancellation
        );
        return new VoteGraph(nearest);
    }

    /// <summary>Which points are chosen.</summary>
    public bool IsChosen(int point) => isChosen[point];

    /// <summary>What the votes for a point count now.</summary>
    public decimal Votes(int point) => voters[point].Where(voter => !isChosen[voter]).Sum(voter => Counts[Math.Min(spent[voter], Least)]);

    /// <summary>Chooses the one of some points with the most votes; null where all of them are chosen.</summary>
    public int? ChooseAmong(IEnumerable<int> points)
    {
        int? best = null;
        var most = -1m;
        foreach (var point in points.Where(point => !isChosen[point]).OrderBy(point => order[point]))
            if (Votes(point) is var votes && votes > most)
                (best, most) = (point, votes);
        if (best is { } chosen)
            Choose(chosen);
        return best;
    }

    /// <summary>Chooses a point.</summary>
    public void Choose(int point)
    {
        isChosen[point] = true;
        foreach (var voter in voters[point])
            spent[voter]++;
    }
}
