namespace TaskDsl.App.Drafting.Observations;

/// <summary>Columns that are called as what is said of a person.</summary>
internal sealed class PersonalColumns : Observation
{
    /// <inheritdoc/>
    public override IEnumerable<Remark> Tell(Draft draft)
    {
        var personal = draft.Profile.Columns.Where(IsPersonal).ToList();
        if (personal.Count > 0)
            yield return new(
                Place.Examples,
                $"Personal data, by name or content: {string.Join(", ", personal.Select(column => $"'{column.Name}'"))}. No field is "
                    + $"read from "
                    + $"{(personal.Count == 1 ? "it" : "them")} here; better the file does not have "
                    + $"{(personal.Count == 1 ? "it" : "them")} at all."
            );

        bool IsPersonal(Looking.Column column) =>
            !draft.Inputs.Any(field => field.Column == column)
            && column != draft.Output.Column
            && (ColumnRole.IsNameOfPerson(column.Name) || column.Mostly(column.Mails, 0.5) || column.Mostly(column.Phones, 0.5));
    }
}
