using TaskDsl.Metrics.Counting;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>Numbers that are read out of tables. Each read-out is one file with a <c>[Keyword]</c> record.</summary>
public abstract record ReadOut
{
    /// <summary>What stands for the task of a number.</summary>
    public const string Task = "task";

    /// <summary>What stands for the language of a number.</summary>
    public const string Language = "language";

    /// <summary>What stands for the name of a column, without its coordinates.</summary>
    public const string Column = "column";

    /// <summary>The column of what is read over all columns.</summary>
    public const string AllColumns = "all";

    /// <summary>The metric that is read.</summary>
    [WordOf(typeof(Metric))]
    public required string Metric { get; init; }

    /// <summary>Reads.</summary>
    /// <param name="cells">The numbers of the metric, in the order of the tables.</param>
    /// <returns>New numbers, each at a place of its own; what the metric of their scores is called does not matter.</returns>
    /// <exception cref="RunException">The tables do not have what is read.</exception>
    public abstract IEnumerable<TableCell> Read(IReadOnlyList<TableCell> cells);

    /// <summary>Gathers numbers that differ in one thing alone.</summary>
    /// <param name="cells">The numbers.</param>
    /// <param name="over">A coordinate, as <c>shots</c>; or <c>column</c>, <c>task</c>, <c>language</c>.</param>
    /// <returns>The place that each have in common, and they, in the order of the tables.</returns>
    /// <exception cref="RunException">No column has such a coordinate.</exception>
    protected static IEnumerable<(TableCell Place, IReadOnlyList<TableCell> Cells)> Grouped(IReadOnlyList<TableCell> cells, string over)
    {
        ArgumentNullException.ThrowIfNull(cells);
        // What the numbers are held against is no column among the others.
        var groups = cells
            .Where(cell => over != Column || cell.Column.Name is not (Baselines.Majority or Baselines.Random))
            .Where(cell => cell.Without(over) is not null)
            .GroupBy(cell => cell.Without(over)!.Value)
            .ToList();
        if (groups.Count == 0)
        {
            string[] known = [.. cells.SelectMany(c => c.Column.Coordinates).Select(c => c.Key).Distinct(), Column, Task, Language];
            throw new RunException($"no column is told apart by '{over}'{NearestWord.Choice(over, known)}");
        }

        return groups.Select(group =>
        {
            // A task weighs the same in however many languages it was asked.
            IReadOnlyList<TableCell> members = over == Task ? [.. group.GroupBy(c => c.Task).Select(Mean)] : [.. group];
            var (column, task, language) = group.Key;
            return (members[0] with { Column = TableColumn.Of(column), Task = task, Language = language }, members);
        });
    }

    /// <summary>A number made of others, of which the resampled ones are made in the same way.</summary>
    /// <param name="place">Where it stands, and the examples that it is of.</param>
    /// <param name="cells">The others.</param>
    /// <param name="of">Makes it.</param>
    /// <param name="higherIsBetter">Whether more is better.</param>
    protected static TableCell Made(
        TableCell place,
        IReadOnlyList<TableCell> cells,
        Func<IReadOnlyList<double>, double> of,
        bool higherIsBetter
    )
    {
        ArgumentNullException.ThrowIfNull(place);
        ArgumentNullException.ThrowIfNull(cells);
        ArgumentNullException.ThrowIfNull(of);
        double[] resampled =
        [
            .. Enumerable
                .Range(0, cells.Min(c => c.Score.Resampled.Count))
                .Select(k => Math.Round(of([.. cells.Select(c => c.Score.Resampled[k])]), 5)),
        ];
        var (low, high) = Bootstrap.Interval(resampled);
        return place with
        {
            Score = new MetricScore("", of([.. cells.Select(c => c.Score.Value)]), low, high, higherIsBetter) { Resampled = resampled },
            Examples = cells.Min(c => c.Examples),
            // Of several tasks or languages it is of the examples of all.
            Answers =
                cells.DistinctBy(c => (c.Task, c.Language)).Count() == 1
                    ? place.Answers
                    : [.. cells.SelectMany(c => c.Answers.Select(a => a with { Origin = $"{c.Task} {c.Language} {a.Origin}" }))],
        };
    }

    private static TableCell Mean(IEnumerable<TableCell> cells)
    {
        IReadOnlyList<TableCell> all = [.. cells];
        return Made(all[0], all, values => values.Average(), all[0].Score.HigherIsBetter);
    }
}
