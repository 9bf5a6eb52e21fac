namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>What a column of a table is called: <c>student[phrasing=2,shots=4]</c>, <c>tuned[rank=8,seed=1]</c>.</summary>
/// <param name="Name">What was measured: a step, the last part of a path, <c>majority</c>.</param>
/// <param name="Coordinates">
/// How, in the order that it is written in: the values of sweeps, and those that <c>evaluate</c> crosses.
/// </param>
public sealed record TableColumn(string Name, IReadOnlyList<KeyValuePair<string, string>> Coordinates)
{
    /// <summary>The coordinate of what is swept over seeds.</summary>
    public const string Seed = "seed";

    /// <summary>One coordinate; null where the column has none of this name.</summary>
    public string? this[string coordinate] => Coordinates.FirstOrDefault(c => c.Key == coordinate).Value;

    /// <summary>Takes a column's name apart.</summary>
    public static TableColumn Of(string text)
    {
        var open = text.IndexOf('[');
        return open < 0 || text[text.Length - 1] != ']'
            ? new TableColumn(text, [])
            : new TableColumn(text.Substring(0, open), []).With(text.Substring(open + 1, text.Length - open - 2).Split(','));
    }

    /// <summary>Takes a path apart at its dots; those between brackets belong to a coordinate.</summary>
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

    /// <summary>Whether a column is one of those that this name means: coordinates that are left out may be anything.</summary>
    public bool Covers(TableColumn other) => Name == other.Name && Coordinates.All(other.Coordinates.Contains);

    /// <summary>The column with coordinates in front of its own, each as <c>shots=4</c>.</summary>
    public TableColumn With(IEnumerable<string> coordinates) =>
        this with
        {
            Coordinates =
            [
                .. coordinates
                    .Select(text => (Text: text, At: text.IndexOf('=')))
                    .Select(c =>
                        c.At < 0
                            ? new KeyValuePair<string, string>(c.Text, "")
                            : new KeyValuePair<string, string>(c.Text.Substring(0, c.At), c.Text.Substring(c.At + 1))
                    ),
                .. Coordinates,
            ],
        };

    /// <summary>The column without a coordinate.</summary>
    public TableColumn Without(string coordinate) => this with { Coordinates = [.. Coordinates.Where(c => c.Key != coordinate)] };

    /// <inheritdoc/>
    public override string ToString() =>
        Coordinates.Count == 0 ? Name : $"{Name}[{string.Join(",", Coordinates.Select(c => $"{c.Key}={c.Value}"))}]";
}
