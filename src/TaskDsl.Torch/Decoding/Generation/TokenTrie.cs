using TaskDsl.HuggingFace.Tokenizers;

namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>
/// The tokens of a vocabulary, sorted by their bytes, as a flat trie: which of them a grammar allows is found by walking the bytes that
/// they share once.
/// </summary>
internal sealed class TokenTrie
{
    // Node n: its byte, its tokens, and where its subtree ends. The children of n are n + 1, then the node behind each child's subtree.
    private readonly byte[] bytes;
    private readonly int[] ends;
    private readonly int[][] tokens;

    public TokenTrie(Tokenizer tokenizer)
    {
        var sorted = Enumerable
            .Range(0, tokenizer.VocabularySize)
            .Where(id => !tokenizer.TokenBytes(id).IsEmpty)
            .Select(id => (Id: id, Bytes: tokenizer.TokenBytes(id).ToArray()))
            .ToArray();
        Array.Sort(sorted, (a, b) => a.Bytes.AsSpan().SequenceCompareTo(b.Bytes));
        var (nodeBytes, nodeEnds, nodeTokens) = (new List<byte>(), new List<int>(), new List<int[]>());
        var path = new List<int>();
        byte[] before = [];
        foreach (var (id, text) in sorted)
        {
            var shared = before.AsSpan().CommonPrefixLength(text);
            Close(shared);
            for (var i = shared; i < text.Length; i++)
            {
                path.Add(nodeBytes.Count);
                nodeBytes.Add(text[i]);
                nodeEnds.Add(0);
                nodeTokens.Add([]);
            }

            nodeTokens[path[^1]] = [.. nodeTokens[path[^1]], id];
            before = text;
        }

        Close(0);
        (bytes, ends, tokens) = ([.. nodeBytes], [.. nodeEnds], [.. nodeTokens]);

        void Close(int depth)
        {
            foreach (var node in path.Skip(depth))
                nodeEnds[node] = nodeBytes.Count;
            path.RemoveRange(depth, path.Count - depth);
        }
    }

    /// <summary>Visits every token whose bytes lead from a state to a state that is alive.</summary>
    /// <param name="start">The state.</param>
    /// <param name="next">The state behind one byte; negative = dead.</param>
    /// <param name="visit">Receives each token and the state behind it.</param>
    public void Walk(int start, Func<int, byte, int> next, Action<int, int> visit)
    {
        var open = new Stack<(int End, int State)>();
        var state = start;
        for (var node = 0; node < bytes.Length; )
        {
            while (open.TryPeek(out var top) && node >= top.End)
                open.Pop();
            state = open.TryPeek(out var parent) ? parent.State : start;
            var reached = next(state, bytes[node]);
            if (reached < 0)
            {
                node = ends[node];
                continue;
            }

            foreach (var token in tokens[node])
                visit(token, reached);
            open.Push((ends[node], reached));
            node++;
        }
    }
}
