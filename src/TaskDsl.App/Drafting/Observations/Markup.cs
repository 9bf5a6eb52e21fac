namespace TaskDsl.App.Drafting.Observations;

/// <summary>Texts that are HTML.</summary>
internal sealed class Markup : Observation
{
    private const double Some = 0.02;

    /// <inheritdoc/>
    public override IEnumerable<Remark> Tell(Draft draft)
    {
        foreach (var field in draft.Inputs.Append(draft.Output))
            if ((field.Column.Items ?? field.Column) is var column && column.Markup > 0 && column.Mostly(column.Markup, Some))
                yield return new(
                    field == draft.Output ? Place.Output : Place.Input,
                    $"{Percent((double)column.Markup / column.Present)} of the texts in '{field.Column.Name}' have HTML tags, which "
                        + $"take the "
                        + "place of words. No stage takes them out: write the file anew without them."
                );
    }
}
