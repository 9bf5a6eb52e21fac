using TaskDsl.Torch.Evaluation;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>What the wording of a question changes (Sun et al. 2023, arXiv 2306.11270): a column's scores over all its phrasings.</summary>
/// <param name="Row">The row.</param>
/// <param name="Language">Its language; empty for a mean.</param>
/// <param name="Metric">Its metric.</param>
/// <param name="Column">The column, without its phrasing.</param>
/// <param name="Phrasings">How many phrasings.</param>
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
    int Phrasings,
    double Mean,
    double Median,
    double Worst,
    double Best,
    double Deviation
)
{
    internal const string Coordinate = "phrasing";

    internal static IEnumerable<TableSpread> Of(TableRow row) =>
        from cells in row.Cells.GroupBy(c => $"{TableColumn.Of(c.Key).Without(Coordinate)}")
        let values = cells.Where(c => TableColumn.Of(c.Key)[Coordinate] is not null).Select(c => c.Value.Value).Order().ToList()
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
