using TaskDsl.Torch.Evaluation;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>
/// What one thing changes: a column's scores over all phrasings of a question (Sun et al. 2023, arXiv 2306.11270), or over seeds.
/// </summary>
/// <param name="Row">The row.</param>
/// <param name="Language">Its language; empty for a mean.</param>
/// <param name="Metric">Its metric.</param>
/// <param name="Column">The column, without the phrasing or seed.</param>
/// <param name="Count">How many phrasings or seeds.</param>
/// <param name="Mean">The mean.</param>
/// <param name="Median">The median.</param>
/// <param name="Worst">The worst.</param>
/// <param name="Best">The best.</param>
/// <param name="Deviation">The standard deviation, of a sample: its squares are divided by one less than there are.</param>
public sealed record TableSpread(
    string Row,
    string Language,
    string Metric,
    string Column,
    int Count,
    double Mean,
    double Median,
    double Worst,
    double Best,
    double Deviation
)
{
    internal const string Phrasing = "phrasing";

    internal static IEnumerable<TableSpread> Over(string coordinate, TableRow row) =>
        from cells in row.Cells.GroupBy(c => $"{TableColumn.Of(c.Key).Without(coordinate)}")
        let values = cells.Where(c => TableColumn.Of(c.Key)[coordinate] is not null).Select(c => c.Value.Value).Order().ToList()
        where values.Count > 1
        select new TableSpread(
            row.Name,
            row.Language,
            row.Metric,
            cells.Key,
            values.Count,
            values.Average(),
            Spread.Median(values),
            row.HigherIsBetter ? values[0] : values[^1],
            row.HigherIsBetter ? values[^1] : values[0],
            Spread.Deviation(values)
        );
}
