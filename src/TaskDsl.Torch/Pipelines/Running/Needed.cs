namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>What a name in a step means: the step that has made it or, where a sweep chooses, the one that chooses and its cells.</summary>
/// <param name="Step">The step's name.</param>
/// <param name="Cells">What is meant by each cell or setting that may be chosen; null where nothing is.</param>
internal sealed record Needed(string Step, IReadOnlyDictionary<string, Needed>? Cells = null)
{
    /// <summary>All steps that must be finished before it can be read.</summary>
    public IEnumerable<string> Names => (Cells?.Values.SelectMany(cell => cell.Names) ?? []).Prepend(Step);

    /// <summary>The step whose result is read.</summary>
    public PlannedStep In(IReadOnlyDictionary<string, PlannedStep> steps) =>
        Cells is null ? steps[Step]
        : steps[Step].Chosen is { } chosen ? (Cells.GetValueOrDefault(chosen.Cell) ?? Cells[chosen.Setting]).In(steps)
        : throw new InvalidOperationException(Step); // It has not run: the order is wrong.
}
