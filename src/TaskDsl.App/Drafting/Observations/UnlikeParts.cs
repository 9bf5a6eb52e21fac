namespace TaskDsl.App.Drafting.Observations;

/// <summary>Parts of a set that lack the answer or an input, so that no example can be read from them.</summary>
internal sealed class UnlikeParts : Observation
{
    /// <inheritdoc/>
    public override IEnumerable<Remark> Tell(Draft draft)
    {
        if (draft.LeftOut.Count > 0)
            yield return new(
                Place.Examples,
                $"Not read: {string.Join(", ", draft.LeftOut.Select(file => file.Path))}, where a column of the task is missing "
                    + $"({string.Join(", ", draft.Inputs.Append(draft.Output).Select(field => field.Column.Name))})."
            );
    }
}
