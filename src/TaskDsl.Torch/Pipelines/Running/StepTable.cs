using TaskDsl.Torch.Evaluation;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>What a step that makes a table has measured: a column for each model.</summary>
/// <param name="Columns">The columns by their names, in order.</param>
public sealed record StepTable(IReadOnlyDictionary<string, EvaluationReport> Columns)
{
    /// <summary>What a column is called: a step's name, or the last part of a path.</summary>
    public static string ColumnOf(string named)
    {
        ArgumentNullException.ThrowIfNull(named);
        return named.StartsWith('$') ? named[1..] : Path.GetFileName(Path.TrimEndingDirectorySeparator(named));
    }
}
