using System.Text.Json.Serialization;
using TaskDsl.Torch.Evaluation;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>What a step that makes a table has measured: columns for each model.</summary>
/// <param name="Columns">The columns by their names (<see cref="TableColumn"/>), in order.</param>
public sealed record StepTable(IReadOnlyDictionary<string, EvaluationReport> Columns)
{
    /// <summary>Whether its numbers are read out of other tables: each stands where it is of, and nowhere else.</summary>
    public bool IsRead { get; init; }

    /// <summary>Named groups of tasks, whose means are rows of their own.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Board { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>How each two columns differ in each row, where they are of the same examples.</summary>
    [JsonConverter(typeof(LinePerItem<TableDifference>))]
    public IReadOnlyList<TableDifference> Differences { get; init; } = [];

    /// <summary>What phrasings change, where they are crossed.</summary>
    [JsonConverter(typeof(LinePerItem<TableSpread>))]
    public IReadOnlyList<TableSpread> Spreads { get; init; } = [];

    /// <summary>Scores over a number that has three or more values, as over shots.</summary>
    [JsonConverter(typeof(LinePerItem<TableCurve>))]
    public IReadOnlyList<TableCurve> Curves { get; init; } = [];

    /// <summary>What a column is called: a step's name, or the last part of a path.</summary>
    public static string ColumnOf(string named)
    {
        ArgumentNullException.ThrowIfNull(named);
        return named.StartsWith('$') ? named[1..] : Path.GetFileName(Path.TrimEndingDirectorySeparator(named));
    }

    /// <summary>What an expectation asks for of one column.</summary>
    /// <param name="column">The column.</param>
    /// <param name="parts">The tasks, prompts, languages and groups of the board that are meant; none for all.</param>
    /// <param name="metric">The metric.</param>
    internal IReadOnlyList<TaskReport> Within(EvaluationReport column, IReadOnlyList<string> parts, string metric) =>
        [.. column.Tasks.Where(t => parts.All(part => IsIn(t, part)) && (!IsRead || t.Metrics.Any(m => m.Metric == metric)))];

    private bool IsIn(TaskReport report, string part) =>
        part == report.Task
        || part == report.Prompt
        || part == report.Language
        || Board.GetValueOrDefault(part)?.Contains(report.Task) == true;

    /// <summary>The table with what follows from its columns.</summary>
    internal StepTable Complete()
    {
        var rows = TableRow.Of(this);
        return this with
        {
            Differences = [.. rows.SelectMany(TableDifference.Of)],
            Spreads = [.. rows.SelectMany(row => TableSpread.Over(TableSpread.Phrasing, row))],
            Curves = [.. rows.SelectMany(TableCurve.Of)],
        };
    }
}
