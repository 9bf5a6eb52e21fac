namespace TaskDsl.Generators.Columns;

/// <summary>Paths of values by their names, level by level.</summary>
internal sealed class ValueTree
{
    private readonly Dictionary<string, ValueTree> inner = new(StringComparer.Ordinal);

    /// <summary>The path that ends here; -1 where none does.</summary>
    public int Path { get; private set; } = -1;

    /// <summary>What lies below a name; null where nothing is asked for there.</summary>
    public ValueTree? this[string name] => inner.TryGetValue(name, out var tree) ? tree : null;

    /// <summary>The tree of these paths, which are called by their places.</summary>
    public static ValueTree Of(IEnumerable<ValuePath> paths)
    {
        var root = new ValueTree();
        var count = 0;
        foreach (var path in paths)
        {
            var tree = root;
            foreach (var name in path.Names)
                tree = tree[name] ?? (tree.inner[name] = new ValueTree());
            tree.Path = count++;
        }

        return root;
    }
}
