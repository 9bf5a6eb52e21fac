using TaskDsl.Torch.Evaluation;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>How two columns of a table differ in a row, paired by example.</summary>
/// <param name="Row">The row.</param>
/// <param name="Language">Its language; empty for a mean.</param>
/// <param name="Metric">Its metric.</param>
/// <param name="Left">A column.</param>
/// <param name="Right">A column behind it.</param>
/// <param name="Difference">What the right one has more.</param>
/// <param name="Low">The 2.5 % point of the resampled differences.</param>
/// <param name="High">Their 97.5 % point.</param>
/// <param name="P">How often chance alone makes such a difference (<see cref="PairedBootstrap"/>).</param>
/// <param name="Adjusted">The same, corrected for the row's other comparisons (<see cref="Holm"/>).</param>
/// <param name="Comparisons">How many comparisons the row has.</param>
public sealed record TableDifference(
    string Row,
    string Language,
    string Metric,
    string Left,
    string Right,
    double Difference,
    double Low,
    double High,
    double P,
    double Adjusted,
    int Comparisons
)
{
    /// <summary>Whether the difference is beyond chance, at 5 % for all of the row's comparisons together.</summary>
    public bool BeyondChance => Adjusted < 0.05;

    /// <summary>Of each two columns that were measured on the same examples, and on enough of them.</summary>
    internal static IReadOnlyList<TableDifference> Of(TableRow row)
    {
        var cells = row.Cells.Where(c => c.Value.Resampled.Count > 0 && c.Value.Examples >= Significance.FewestExamples).ToList();
        var pairs = (
            from left in cells.Index()
            from right in cells.Skip(left.Index + 1)
            let a = left.Item.Value
            let b = right.Value
            where a.Resampled.Count == b.Resampled.Count && a.Origins.SequenceEqual(b.Origins)
            let resampled = b.Resampled.Zip(a.Resampled, (x, y) => x - y).ToList()
            let p = PairedBootstrap.P(b.Value - a.Value, resampled)
            where !double.IsNaN(p)
            select (Left: left.Item.Key, Right: right.Key, Difference: b.Value - a.Value, Interval: Bootstrap.Interval(resampled), P: p)
        ).ToList();
        var adjusted = Holm.Adjust([.. pairs.Select(pair => pair.P)]);
        return
        [
            .. pairs.Zip(adjusted, (pair, holm) =>
                new TableDifference(
                    row.Name,
                    row.Language,
                    row.Metric,
                    pair.Left,
                    pair.Right,
                    pair.Difference,
                    pair.Interval.Low,
                    pair.Interval.High,
                    pair.P,
                    holm,
                    pairs.Count
                )
            ),
        ];
    }
}
