namespace TaskDsl.App.Drafting.Observations;

/// <summary>A column that says the official part of each record, which a source can only say for a whole file.</summary>
internal sealed class PartColumn : Observation
{
    /// <inheritdoc/>
    public override IEnumerable<Remark> Tell(Draft draft)
    {
        if (draft.Guess.Part is { } part)
            yield return new(
                Place.Split,
                $"Column '{part.Name}' says the official part of each record "
                    + $"({string.Join(", ", part.Values.Known!.Select(value => $"{value.Key} {Number(value.Value)}"))}), and the split "
                    + $"below is "
                    + "another one. For the official one write a file for each part (train, validation, test), and draft again."
            );
    }
}
