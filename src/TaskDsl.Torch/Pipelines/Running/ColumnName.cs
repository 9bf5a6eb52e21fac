namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>A column of a table by its name, with the values of a sweep that it is of: <c>tuned[rank=8,seed=1]</c>.</summary>
/// <param name="Name">The name.</param>
/// <param name="Values">The values, as <c>rank=8</c>.</param>
public sealed record ColumnName(string Name, IReadOnlyList<string> Values)
{
    private const string Seeds = "seed=";

    /// <summary>The value that is a seed; empty where none is.</summary>
    public string Seed => Values.FirstOrDefault(IsSeed) ?? "";

    /// <summary>The column but for its seed.</summary>
    public string WithoutSeed => Write(Name, [.. Values.Where(value => !IsSeed(value))]);

    /// <summary>Takes a name apart.</summary>
    public static ColumnName Parse(string text)
    {
        var open = text.IndexOf('[');
        return open < 0 || text[text.Length - 1] != ']'
            ? new ColumnName(text, [])
            : new ColumnName(text.Substring(0, open), text.Substring(open + 1, text.Length - open - 2).Split(','));
    }

    /// <summary>The name with its values.</summary>
    public string Write() => Write(Name, Values);

    /// <summary>A name with values.</summary>
    public static string Write(string name, IReadOnlyList<string> values) =>
        values.Count == 0 ? name : $"{name}[{string.Join(",", values)}]";

    /// <summary>Whether a column is one of those that this name means: what is left out may be anything.</summary>
    public bool Covers(ColumnName other) => Name == other.Name && Values.All(other.Values.Contains);

    /// <summary>Takes a path apart at its dots; those between brackets belong to a value.</summary>
    public static string[] Split(string path)
    {
        var (parts, from, depth) = (new List<string>(), 0, 0);
        for (var i = 0; i < path.Length; i++)
        {
            depth += path[i] switch
            {
                '[' => 1,
                ']' => -1,
                _ => 0,
            };
            if (path[i] != '.' || depth > 0)
                continue;
            parts.Add(path.Substring(from, i - from));
            from = i + 1;
        }

        parts.Add(path.Substring(from));
        return [.. parts];
    }

    private static bool IsSeed(string value) => value.StartsWith(Seeds, StringComparison.Ordinal);
}
