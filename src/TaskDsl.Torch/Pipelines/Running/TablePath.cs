using TaskDsl.Torch.Evaluation;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>Some columns of tables: <c>student</c>, <c>student.shots=4</c>, or <c>shots=4</c> for those of any name.</summary>
/// <param name="Text">As it is written.</param>
/// <param name="Name">Their name; null for any.</param>
/// <param name="Coordinates">What they must have, each as <c>shots=4</c>.</param>
public sealed record TablePath(string Text, string? Name, IReadOnlyList<string> Coordinates)
{
    /// <summary>Takes a text apart.</summary>
    public static TablePath Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split('.');
        return new TablePath(
            text,
            parts.Where(part => !part.Contains('=', StringComparison.Ordinal)) is var names && names.Any() ? string.Join('.', names) : null,
            [.. parts.Where(part => part.Contains('=', StringComparison.Ordinal))]
        );
    }

    /// <summary>The numbers in these columns.</summary>
    /// <exception cref="RunException">There are none.</exception>
    public IReadOnlyList<TableCell> Find(IReadOnlyList<TableCell> cells)
    {
        ArgumentNullException.ThrowIfNull(cells);
        IReadOnlyList<TableCell> found = [.. cells.Where(cell => cell.Column.Is(Name ?? cell.Column.Name, Coordinates))];
        return found.Count > 0
            ? found
            : throw new RunException(
                $"there is no column '{Text}'{NearestWord.Choice(Text, cells.Select(c => Written(c.Column)).Distinct())}"
            );
    }

    /// <summary>What of a column's name and coordinates it leaves open.</summary>
    public string Rest(TableColumn column)
    {
        ArgumentNullException.ThrowIfNull(column);
        var rest = column.Coordinates.Where(c => !Coordinates.Contains($"{c.Key}={c.Value}"));
        return $"{new TableColumn(Name is null ? column.Name : "", [.. rest])}";
    }

    private static string Written(TableColumn column) =>
        string.Join('.', [column.Name, .. column.Coordinates.Select(c => $"{c.Key}={c.Value}")]);
}
