using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Draws;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.ReadOuts;

/// <summary>
/// How two columns go together over what else they have in common: tasks, languages, other coordinates, each a point. The columns
/// <c>r</c>, <c>p</c> (two-sided, by permutations: the share of them that go together as much, Pitman 1937) and <c>points</c>.
/// </summary>
[Keyword("correlation")]
public sealed record Correlation : ReadOut
{
    private const int Fewest = 3;

    /// <summary>The two, each a column (<c>tuned</c>), one of its cells (<c>base[shots=4]</c>) or a cell of any (<c>shots=4</c>).</summary>
    [Length(2, 2)]
    public required IReadOnlyList<string> Between { get; init; }

    /// <summary>Whether ranks are compared (Spearman 1904; ties have the mean of their ranks) or the scores themselves.</summary>
    public CorrelationKind Of { get; init; }

    /// <summary>How many permutations are tried.</summary>
    [Range(99, 1_000_000)]
    public int Permutations { get; init; } = 9999;

    /// <summary>The seed of the permutations.</summary>
    public int Seed { get; init; } = 1;

    /// <inheritdoc/>
    public override IEnumerable<TableCell> Read(IReadOnlyList<TableCell> cells)
    {
        ArgumentNullException.ThrowIfNull(cells);
        var (left, right) = (Points(cells, Between[0]), Points(cells, Between[1]));
        var common = left.Keys.Where(right.ContainsKey).ToList();
        if (common.Count < Fewest)
            throw new RunException(
                $"{Between[0]} and {Between[1]} have {common.Count} point(s) in common; a correlation needs at least {Fewest}."
            );
        double[] x = [.. common.Select(key => left[key])],
            y = [.. common.Select(key => right[key])];
        if (Of == CorrelationKind.Spearman)
            (x, y) = (Ranks(x), Ranks(y));
        var r = Pearson(x, y);
        var draw = new Draw(Seed, common.Count);
        var asMuch = 0;
        for (var k = 0; k < Permutations; k++)
        {
            var shuffled = y.ToArray();
            draw.Shuffle<double>(shuffled);
            // What differs in its last digits alone is as much.
            if (Math.Abs(Pearson(x, shuffled)) >= Math.Abs(r) - 1e-12)
                asMuch++;
        }

        var p = double.IsNaN(r) ? double.NaN : (1.0 + asMuch) / (1 + Permutations);
        foreach (var (column, value) in new[] { ("r", r), ("p", p), ("points", common.Count) })
            yield return new TableCell(new TableColumn(column, []), "", "", new MetricScore("", value, double.NaN, double.NaN));
    }

    /// <summary>The correlation of Pearson; not a number where one side is all the same.</summary>
    internal static double Pearson(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        var (meanX, meanY) = (x.Average(), y.Average());
        var (xx, yy) = (x.Sum(v => (v - meanX) * (v - meanX)), y.Sum(v => (v - meanY) * (v - meanY)));
        return xx == 0 || yy == 0 ? double.NaN : x.Zip(y, (a, b) => (a - meanX) * (b - meanY)).Sum() / Math.Sqrt(xx * yy);
    }

    /// <summary>The ranks, from 1; what is equal has the mean of its ranks.</summary>
    internal static double[] Ranks(IReadOnlyList<double> values) =>
        [.. values.Select(v => values.Count(other => other < v) + (values.Count(other => other == v) + 1) / 2.0)];

    private static Dictionary<string, double> Points(IReadOnlyList<TableCell> cells, string side)
    {
        var path = TablePath.Of(side);
        return path.Find(cells)
            .GroupBy(cell => $"{path.Rest(cell.Column)} {cell.Task} {cell.Language}")
            .ToDictionary(same => same.Key, same => same.Average(cell => cell.Score.Value));
    }
}

/// <summary>What is correlated.</summary>
public enum CorrelationKind
{
    /// <summary>Ranks.</summary>
    Spearman,

    /// <summary>The scores.</summary>
    Pearson,
}
