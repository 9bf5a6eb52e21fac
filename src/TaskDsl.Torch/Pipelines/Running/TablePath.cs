using TaskDsl.Torch.Evaluation;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>Some columns of tables: <c>student</c>, <c>student[shots=4]</c>, or <c>shots=4</c> for those of any name.</summary>
/// <param name="Text">As it is written.</param>
/// <param name="Wanted">Their name, empty for any, and what coordinates they must have.</param>
public sealed record TablePath(string Text, TableColumn Wanted)
{
    /// <summary>Takes a text apart.</summary>
    public static TablePath Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var coordinates = text.Contains('=', StringComparison.Ordinal) && !text.Contains('[', StringComparison.Ordinal);
        return new TablePath(text, TableColumn.Of(coordinates ? $"[{text}]" : text));
    }

    /// <summary>The numbers in these columns.</summary>
    /// <exception cref="RunException">There are none.</exception>
    public IReadOnlyList<TableCell> Find(IReadOnlyList<TableCell> cells)
    {
        ArgumentNullException.ThrowIfNull(cells);
        IReadOnlyList<TableCell> found = [.. cells.Where(cell => Named(cell.Column.Name).Covers(cell.Column))];
        return found.Count > 0
            ? found
            : throw new RunException($"there is no column '{Text}'{NearestWord.Choice(Text, cells.Select(c => $"{c.Column}").Distinct())}");
    }

    /// <summary>What of a column's name and coordinates it leaves open.</summary>
    public string Rest(TableColumn column)
    {
        ArgumentNullException.ThrowIfNull(column);
        var rest = column.Coordinates.Where(c => !Wanted.Coordinates.Contains(c));
        return $"{new TableColumn(Wanted.Name.Length == 0 ? column.Name : "", [.. rest])}";
    }

    private TableColumn Named(string name) => Wanted.Name.Length == 0 ? Wanted with { Name = name } : Wanted;
}
