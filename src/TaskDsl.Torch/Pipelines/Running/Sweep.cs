using System.Globalization;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>
/// Does a step or group once for each combination of values: a cell is a step of its own, <c>tuned[rank=8,seed=1]</c>. Its name stands
/// where a list is read, for all cells, and where one model is read when <c>choose</c> says which. Made by
/// <see cref="PipelineStep.Swept"/>.
/// </summary>
public sealed record Sweep
{
    /// <summary>
    /// Values by name, of any type: <c>${each.name}</c> is one of them. A name that is used so nowhere is the path of a property, as
    /// <c>tuning</c> or <c>optimizer.adamw.learning_rate</c>, in a group behind the step's name.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<AnyValue>> Over { get; init; } = new Dictionary<string, IReadOnlyList<AnyValue>>();

    /// <summary>
    /// The values of <c>${each.seed}</c>. Where that is used nowhere they are the <c>seed</c> of the step, or of each step of the group
    /// that has one and makes a model or examples.
    /// </summary>
    public IReadOnlyList<int> Seeds { get; init; } = [];

    /// <summary>Which cell is meant where one is read. Default: none, and the cells can only stand in lists.</summary>
    public Choose? Choose { get; init; }

    /// <summary>The step of each cell; null where none was given.</summary>
    internal Func<Cell, PipelineStep>? Step { get; init; }

    /// <summary>That of the first cell, as it was made.</summary>
    internal PipelineStep? First { get; init; }

    /// <summary>All combinations, the last axis fastest.</summary>
    internal IReadOnlyList<Cell> Cells
    {
        get
        {
            IEnumerable<Cell> cells = [new Cell([])];
            foreach (var (axis, values) in Over)
                cells = [.. cells.SelectMany(cell => values.Select((value, i) => cell.With(axis, value.Text, i)))];
            if (Seeds.Count > 0)
                cells = [.. cells.SelectMany(cell => Seeds.Select((seed, i) => cell.With(Cell.SeedAxis, Text(seed), i)))];
            return [.. cells];

            static string Text(int seed) => seed.ToString(CultureInfo.InvariantCulture);
        }
    }
}
