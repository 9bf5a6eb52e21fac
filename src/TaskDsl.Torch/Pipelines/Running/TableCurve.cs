using System.Globalization;
using TaskDsl.Torch.Evaluation;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>A column's scores over a number that is crossed, as over <c>shots</c>.</summary>
/// <param name="Row">The row.</param>
/// <param name="Language">Its language; empty for a mean.</param>
/// <param name="Metric">Its metric.</param>
/// <param name="Column">The column, without that number.</param>
/// <param name="Over">What the number is.</param>
/// <param name="Points">The scores, in the order of the number.</param>
public sealed record TableCurve(
    string Row,
    string Language,
    string Metric,
    string Column,
    string Over,
    IReadOnlyList<TableCurve.Point> Points
)
{
    /// <summary>So few points are no curve.</summary>
    private const int Fewest = 3;

    // The number of a phrasing, or a seed, is only its name.
    private static readonly string[] Names = [TableSpread.Phrasing, TableColumn.Seed];

    internal static IEnumerable<TableCurve> Of(TableRow row) =>
        from over in row.Cells.SelectMany(c => TableColumn.Of(c.Key).Coordinates).Select(c => c.Key).Distinct()
        where !Names.Contains(over)
        from cells in row.Cells.GroupBy(c => $"{TableColumn.Of(c.Key).Without(over)}")
        let points = cells
            .Select(c => (Text: TableColumn.Of(c.Key)[over], c.Value))
            .Select(c =>
                (c.Value, At: double.TryParse(c.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var at) ? at : double.NaN)
            )
            .Where(c => !double.IsNaN(c.At))
            .OrderBy(c => c.At)
            .Select(c => (c.At, c.Value.Value, Interval: Bootstrap.Interval(c.Value.Resampled)))
            .Select(c => new Point(c.At, c.Value, c.Interval.Low, c.Interval.High))
            .ToList()
        where points.Count >= Fewest
        select new TableCurve(row.Name, row.Language, row.Metric, cells.Key, over, points);

    /// <summary>A point of the curve.</summary>
    /// <param name="At">The number.</param>
    /// <param name="Value">The score.</param>
    /// <param name="Low">The lower end of its interval.</param>
    /// <param name="High">The upper end.</param>
    public sealed record Point(double At, double Value, double Low, double High);
}
