using System.ComponentModel.DataAnnotations;
using TaskDsl.Tasks;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.ReadOuts;

/// <summary>Means over named groups of tasks, each task weighing the same; a group stands where a task would.</summary>
[Keyword("board")]
public sealed record Board : ReadOut
{
    /// <summary>The groups: <c>law: [clause_type, duty]</c>.</summary>
    [Length(1, 1000)]
    public required IReadOnlyDictionary<string, IReadOnlyList<DslTask>> Groups { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<TableCell> Read(IReadOnlyList<TableCell> cells)
    {
        ArgumentNullException.ThrowIfNull(cells);
        foreach (var (name, tasks) in Groups)
        {
            if (tasks.FirstOrDefault(task => !cells.Any(cell => cell.Task == task.Name)) is { } missing)
                throw new RunException(
                    $"the group '{name}' names the task '{missing.Name}', of which no table has {Metric}"
                        + NearestWord.Choice(missing.Name, cells.Select(cell => cell.Task).Distinct())
                );
            foreach (var (place, members) in Grouped([.. cells.Where(cell => tasks.Any(t => t.Name == cell.Task))], Task))
                if (members.Count == tasks.Count)
                    yield return Made(place, members, values => values.Average(), place.Score.HigherIsBetter) with
                    {
                        Task = name,
                    };
        }
    }
}
