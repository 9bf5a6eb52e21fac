namespace TaskDsl.App.Drafting.Observations;

/// <summary>Inputs that some records are without, so that the field is optional.</summary>
internal sealed class MissingInputs : Observation
{
    /// <inheritdoc/>
    public override IEnumerable<Remark> Tell(Draft draft)
    {
        var missing = draft
            .Inputs.Where(field => field.IsOptional)
            .Select(field => $"'{field.Name}' ({Number(draft.Profile.Rows - field.Column.Present)})")
            .ToList();
        if (missing.Count > 0)
            yield return new(Place.Input, $"Not there, or blank, in some records, and so optional: {string.Join(", ", missing)}.");
    }
}
