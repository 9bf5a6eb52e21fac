namespace TaskDsl.HuggingFace.Tokenizers.Text;

/// <summary>Byte strings with a value each; finds those that a text begins with in one walk.</summary>
internal sealed class ByteTrie
{
    private const int Root = 0;
    private int nodes = 1;
    private long[] edges = NewEdges(64); // open addressing: parent, byte → child; -1 is free
    private int[] children = new int[64];
    private int[] values = [-1];

    /// <summary>The longest string's bytes.</summary>
    public int Longest { get; private set; }

    /// <summary>Adds a string; one that is there keeps its value.</summary>
    public void Add(ReadOnlySpan<byte> text, int value)
    {
        var node = Root;
        foreach (var b in text)
        {
            var next = Next(node, b);
            node = next < 0 ? Grow(node, b) : next;
        }

        if (values[node] < 0)
            values[node] = value;
        Longest = Math.Max(Longest, text.Length);
    }

    /// <summary>The child of a node; -1 = none. The root is 0.</summary>
    public int Next(int node, byte b)
    {
        var key = ((long)node << 8) | b;
        for (var slot = Slot(key, edges.Length); edges[slot] >= 0; slot = (slot + 1) & (edges.Length - 1))
            if (edges[slot] == key)
                return children[slot];
        return -1;
    }

    /// <summary>The value of the string that ends at a node; -1 = none does.</summary>
    public int Value(int node) => values[node];

    /// <summary>The longest string that a text begins with.</summary>
    public (int Length, int Value) LongestAt(ReadOnlySpan<byte> text)
    {
        var (node, best) = (Root, (Length: 0, Value: -1));
        for (var i = 0; i < text.Length && (node = Next(node, text[i])) >= 0; i++)
            if (values[node] >= 0)
                best = (i + 1, values[node]);
        return best;
    }

    private int Grow(int parent, byte b)
    {
        if (nodes * 2 >= edges.Length)
        {
            var (oldEdges, oldChildren) = (edges, children);
            (edges, children) = (NewEdges(edges.Length * 2), new int[children.Length * 2]);
            for (var i = 0; i < oldEdges.Length; i++)
                if (oldEdges[i] >= 0)
                    Put(oldEdges[i], oldChildren[i]);
        }

        if (nodes == values.Length)
        {
            Array.Resize(ref values, nodes * 2);
            Array.Fill(values, -1, nodes, nodes);
        }

        Put(((long)parent << 8) | b, nodes);
        return nodes++;
    }

    private void Put(long key, int child)
    {
        var slot = Slot(key, edges.Length);
        while (edges[slot] >= 0)
            slot = (slot + 1) & (edges.Length - 1);
        (edges[slot], children[slot]) = (key, child);
    }

    private static int Slot(long key, int size) => (int)((ulong)(key * -7046029254386353131L) >> 32) & (size - 1);

    private static long[] NewEdges(int size)
    {
        var made = new long[size];
        Array.Fill(made, -1);
        return made;
    }
}
