namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>A number of what differs in one thing alone: of each column's scores over its phrasings, over seeds, over tasks.</summary>
public abstract record Statistic : ReadOut
{
    /// <summary>
    /// What they differ in: a coordinate of the columns, as <c>phrasing</c>, <c>shots</c> or <c>seed</c>; or <c>column</c>, <c>task</c>,
    /// <c>language</c>.
    /// </summary>
    public required string Over { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<TableCell> Read(IReadOnlyList<TableCell> cells) =>
        Grouped(cells, Over)
            .Select(group =>
            {
                var better = group.Cells[0].Score.HigherIsBetter;
                return Made(group.Place, group.Cells, values => Of(values, better), IsBetter(better));
            });

    /// <summary>The number.</summary>
    /// <param name="values">The scores, in the order of the tables.</param>
    /// <param name="higherIsBetter">Whether more of them is better.</param>
    protected abstract double Of(IReadOnlyList<double> values, bool higherIsBetter);

    /// <summary>Whether more of the number is better, where more of the scores is. Default: it is.</summary>
    protected virtual bool IsBetter(bool higherIsBetter) => higherIsBetter;
}
