using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines;

/// <summary>Reads numbers out of tables: a table whose columns are those that they are of, and whose rows are called as here.</summary>
[Keyword("table"), Makes("table", Numbers = nameof(Read))]
public sealed record TableStep : Step, IValidatableObject
{
    /// <summary>The tables. Of several, each column is told apart by <c>table</c>, the step that it is of.</summary>
    [StepResult("table"), Distinct, Length(1, 1000)]
    public required IReadOnlyList<string> Of { get; init; }

    /// <summary>What is read, by names of one's own.</summary>
    [Length(1, 1000)]
    public required IReadOnlyDictionary<string, ReadOut> Read { get; init; }

    /// <inheritdoc/>
    public override void Shape(StepShape shape) { }

    /// <inheritdoc/>
    public override void Run(StepContext step)
    {
        ArgumentNullException.ThrowIfNull(step);
        var columns = new Dictionary<string, List<TaskReport>>();
        foreach (var (name, read) in Read)
        {
            IReadOnlyList<TableCell> cells = [.. Of.SelectMany(named => Cells(step.Table(named), named, read.Metric))];
            if (cells.Count == 0)
                throw new RunException($"{name}: no table has {read.Metric}.");
            foreach (var cell in Made(name, read, cells))
                Add(columns, cell);
        }

        step.Write(new StepTable(columns.ToDictionary(c => c.Key, c => new EvaluationReport(c.Value))) { IsRead = true });
    }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Read
            .Keys.Where(name => name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            .Select(name => new ValidationResult($"'{name}' cannot be a name: it has letters, digits and _, as worst_wording.", ["read"]));

    private static IEnumerable<TableCell> Made(string name, ReadOut read, IReadOnlyList<TableCell> cells)
    {
        try
        {
            return [.. read.Read(cells).Select(cell => cell with { Score = cell.Score with { Metric = name } })];
        }
        catch (RunException e)
        {
            throw new RunException($"{name}: {e.Message}", e);
        }
    }

    private IEnumerable<TableCell> Cells(StepTable table, string named, string metric) =>
        from column in table.Columns
        let of = TableColumn.Of(column.Key)
        from report in column.Value.Tasks
        let score = report.Metrics.FirstOrDefault(m => m.Metric == metric)
        where score is not null
        select new TableCell(Of.Count == 1 ? of : Apart(of, TableColumn.Of(named.TrimStart('$'))), report.Task, report.Language, score)
        {
            Examples = report.Examples,
            Answers = report.Answers,
        };

    // A table of a sweep is told apart by what is swept, as its columns would be.
    private static TableColumn Apart(TableColumn column, TableColumn table) =>
        column with
        {
            Coordinates = [.. column.Coordinates, .. table.Coordinates, KeyValuePair.Create("table", table.Name)],
        };

    private static void Add(Dictionary<string, List<TaskReport>> columns, TableCell cell)
    {
        if (!columns.TryGetValue($"{cell.Column}", out var reports))
            columns.Add($"{cell.Column}", reports = []);
        var at = reports.FindIndex(r => (r.Task, r.Language) == (cell.Task, cell.Language));
        if (at >= 0)
            reports[at] = reports[at] with { Metrics = [.. reports[at].Metrics, cell.Score] };
        else
            reports.Add(
                new TaskReport
                {
                    Prompt = cell.Task,
                    Task = cell.Task,
                    Language = cell.Language,
                    Examples = cell.Examples,
                    Unparsed = 0,
                    Metrics = [cell.Score],
                    Samples = [],
                    Answers = cell.Answers,
                }
            );
    }
}
