namespace TaskDsl.App.Drafting.Observations;

/// <summary>A column that says what records belong together, which the split keeps together.</summary>
internal sealed class Grouping : Observation
{
    /// <inheritdoc/>
    public override IEnumerable<Remark> Tell(Draft draft)
    {
        if (draft.Guess.Group is { } group)
            yield return new(
                Place.Split,
                $"{Number(draft.Profile.Rows)} records have {(group.Values.IsExact ? "" : "about ")}{Number(group.Values.Distinct)} "
                    + $"different "
                    + $"values in '{group.Name}': "
                    + (
                        draft.HasParts
                            ? "where they belong together, none should stand in two parts."
                            : "those of one value stay in one part, so that nothing of it is both learned and measured."
                    )
            );
    }
}
