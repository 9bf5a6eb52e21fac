namespace TaskDsl.Grammars;

/// <summary>A nondeterministic automaton over bytes, under construction. State 0 is the start, state 1 the end.</summary>
internal sealed class Automaton
{
    public const int Start = 0;
    public const int End = 1;

    private readonly List<List<(byte First, byte Last, int To)>> moves = [];
    private readonly List<List<int>> jumps = [];

    public Automaton(Grammar grammar)
    {
        NewState();
        NewState();
        grammar.Build(this, Start, End);
    }

    public int Count => moves.Count;

    public int NewState()
    {
        moves.Add([]);
        jumps.Add([]);
        return moves.Count - 1;
    }

    /// <summary>Adds a move by one byte of a range.</summary>
    public void Add(int from, byte first, byte last, int to) => moves[from].Add((first, last, to));

    /// <summary>Adds a move by nothing.</summary>
    public void Add(int from, int to) => jumps[from].Add(to);

    public IReadOnlyList<(byte First, byte Last, int To)> Moves(int state) => moves[state];

    public IReadOnlyList<int> Jumps(int state) => jumps[state];

    /// <summary>The fewest bytes from each state to the end; <see cref="int.MaxValue"/> where no text leads there.</summary>
    public int[] Distances()
    {
        var back = new List<(int From, int Cost)>[Count];
        for (var state = 0; state < Count; state++)
            back[state] = [];
        for (var state = 0; state < Count; state++)
        {
            foreach (var to in jumps[state])
                back[to].Add((state, 0));
            foreach (var move in moves[state])
                back[move.To].Add((state, 1));
        }

        var distances = new int[Count];
        Array.Fill(distances, int.MaxValue);
        distances[End] = 0;
        // Costs are 0 or 1: a deque in place of a heap.
        var queue = new LinkedList<int>([End]);
        while (queue.First is { } first)
        {
            queue.RemoveFirst();
            foreach (var (from, cost) in back[first.Value])
            {
                var distance = distances[first.Value] + cost;
                if (distance >= distances[from])
                    continue;
                distances[from] = distance;
                if (cost == 0)
                    queue.AddFirst(from);
                else
                    queue.AddLast(from);
            }
        }

        return distances;
    }
}
