namespace TaskDsl.Grammars;

/// <summary>
/// Walks a grammar byte by byte: an automaton that is made deterministic as far as it is walked. A state is a small number that stays
/// valid for the matcher's life, so that what was found out about a state can be kept. Not thread-safe.
/// </summary>
public sealed class GrammarMatcher
{
    /// <summary>The state from which no text is accepted.</summary>
    public const int Dead = -1;

    private const int Unknown = -2;
    private const int MostBytes = 4096; // Of a text that is found by recursion.

    private readonly Automaton automaton;
    private readonly int[] nearest;
    private readonly List<State> states = [];
    private readonly Dictionary<int[], int> known = new(new SameStates());
    private readonly int[] stamps;
    private int stamp;

    /// <summary>Begins at the start of a text.</summary>
    public GrammarMatcher(Grammar grammar)
    {
        automaton = new Automaton(grammar);
        nearest = automaton.Distances();
        stamps = new int[automaton.Count];
        Start = Intern([Automaton.Start]);
    }

    /// <summary>The state before the first byte.</summary>
    public int Start { get; }

    /// <summary>The states met so far.</summary>
    public int Count => states.Count;

    /// <summary>The state behind one more byte; <see cref="Dead"/> where no text goes on so.</summary>
    public int Next(int state, byte value)
    {
        if (state < 0)
            return Dead;
        ref var next = ref states[state].Next[value];
        if (next != Unknown)
            return next;
        var reached = new List<int>();
        foreach (var from in states[state].Members)
        {
            foreach (var (first, last, to) in automaton.Moves(from))
                if (value >= first && value <= last)
                    reached.Add(to);
        }

        return states[state].Next[value] = reached.Count == 0 ? Dead : Intern(reached);
    }

    /// <summary>The state behind several more bytes.</summary>
    public int Next(int state, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            state = Next(state, value);
            if (state == Dead)
                break;
        }

        return state;
    }

    /// <summary>Whether the text may end here.</summary>
    public bool IsAccepting(int state) => state >= 0 && states[state].Distance == 0;

    /// <summary>The fewest bytes until the text may end; 0 where it may end here.</summary>
    public int Distance(int state) => state >= 0 ? states[state].Distance : int.MaxValue;

    /// <summary>Whether a whole text is accepted.</summary>
    public bool IsMatch(ReadOnlySpan<byte> text) => IsAccepting(Next(Start, text));

    /// <summary>
    /// All texts that are accepted, in the order of their bytes; null where there are more than so many, as in a free text.
    /// </summary>
    public IReadOnlyList<byte[]>? Texts(int most)
    {
        var texts = new List<byte[]>();
        var path = new List<byte>();
        var within = new HashSet<int>();
        return Visit(Start) ? texts : null;

        // Every state leads to an end: one that is met again behind itself leads to endlessly many.
        bool Visit(int state)
        {
            if (!within.Add(state) || (IsAccepting(state) && texts.Count == most) || path.Count > MostBytes)
                return false;
            if (IsAccepting(state))
                texts.Add([.. path]);
            for (var value = 0; value <= byte.MaxValue; value++)
            {
                if (Next(state, (byte)value) is not (>= 0 and var next))
                    continue;
                path.Add((byte)value);
                if (!Visit(next))
                    return false;
                path.RemoveAt(path.Count - 1);
            }

            return within.Remove(state);
        }
    }

    /// <summary>The number of the deterministic state of these states and all that they reach by nothing.</summary>
    private int Intern(List<int> members)
    {
        stamp++;
        var open = new Stack<int>();
        var closed = new List<int>();
        foreach (var member in members)
            Visit(member);
        while (open.TryPop(out var state))
        {
            foreach (var to in automaton.Jumps(state))
                Visit(to);
        }

        if (closed.Count == 0)
            return Dead;
        closed.Sort();
        var key = closed.ToArray();
        if (known.TryGetValue(key, out var number))
            return number;
        number = states.Count;
        known.Add(key, number);
        states.Add(new State(key, key.Min(state => nearest[state])));
        return number;

        void Visit(int state)
        {
            // What leads nowhere is left out: a state with no way to the end would make a dead end look alive.
            if (stamps[state] == stamp || nearest[state] == int.MaxValue)
                return;
            stamps[state] = stamp;
            closed.Add(state);
            open.Push(state);
        }
    }

    private readonly struct State(int[] members, int distance)
    {
        public int[] Members { get; } = members;

        public int Distance { get; } = distance;

        public int[] Next { get; } = Fresh();

        private static int[] Fresh()
        {
            var next = new int[256];
            Array.Fill(next, Unknown);
            return next;
        }
    }

    private sealed class SameStates : IEqualityComparer<int[]>
    {
        public bool Equals(int[]? x, int[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(int[] states)
        {
            var hash = new HashCode();
            hash.AddBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(states.AsSpan()));
            return hash.ToHashCode();
        }
    }
}
