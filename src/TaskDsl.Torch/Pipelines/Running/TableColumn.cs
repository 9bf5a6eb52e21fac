namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>What a column of a table is called: <c>student[phrasing=2,shots=4]</c>.</summary>
/// <param name="Name">What was measured: a step, the last part of a path, <c>majority</c>.</param>
/// <param name="Coordinates">How, in the order that it is written in.</param>
public sealed record TableColumn(string Name, IReadOnlyList<KeyValuePair<string, string>> Coordinates)
{
    /// <summary>One coordinate; null where the column has none of this name.</summary>
    public string? this[string coordinate] => Coordinates.FirstOrDefault(c => c.Key == coordinate).Value;

    /// <summary>Takes a column's name apart.</summary>
    public static TableColumn Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var at = text.IndexOf('[', StringComparison.Ordinal);
        return at < 0 || text[^1] != ']'
            ? new TableColumn(text, [])
            : new TableColumn(
                text[..at],
                [.. text[(at + 1)..^1].Split(',').Select(c => c.Split('=', 2)).Select(c => KeyValuePair.Create(c[0], c[^1]))]
            );
    }

    /// <summary>Whether it is of this name, and has these coordinates, each as <c>shots=4</c>, among its own.</summary>
    public bool Is(string name, IEnumerable<string> coordinates) =>
        Name == name && coordinates.All(asked => Coordinates.Any(c => $"{c.Key}={c.Value}" == asked));

    /// <summary>The column without a coordinate.</summary>
    public TableColumn Without(string coordinate) => this with { Coordinates = [.. Coordinates.Where(c => c.Key != coordinate)] };

    /// <inheritdoc/>
    public override string ToString() =>
        Coordinates.Count == 0 ? Name : $"{Name}[{string.Join(',', Coordinates.Select(c => $"{c.Key}={c.Value}"))}]";
}
