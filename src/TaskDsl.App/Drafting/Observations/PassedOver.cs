using TaskDsl.App.Drafting.Looking;

namespace TaskDsl.App.Drafting.Observations;

/// <summary>Columns that no field is read from, and why.</summary>
internal sealed class PassedOver : Observation
{
    private const int MostNamed = 12;

    /// <inheritdoc/>
    public override IEnumerable<Remark> Tell(Draft draft)
    {
        if (draft.Records.Shape is not null)
            yield break;
        var reasons = draft
            .Guess.Ignored.Where(column => column.Name.Length > 0 && column != draft.Guess.Part)
            .GroupBy(Why, column => column.Name)
            .Select(same =>
                $"{string.Join(", ", same.Take(MostNamed))}{(same.Count() > MostNamed ? $" and {same.Count() - MostNamed} more" : "")} "
                + $"({same.Key})"
            )
            .ToList();
        if (reasons.Count > 0)
            yield return new(
                Place.Examples,
                $"Passed over: {string.Join("; ", reasons)}. What should be read is a field: take it out of 'ignore', and declare it."
            );
    }

    private static string Why(Column column) =>
        column.Present == 0 ? "empty"
        : column.IsMixed ? "values of several kinds"
        : column.Values.Known is { Count: 1 } && column.Objects + column.Lists == 0 ? "always the same"
        : ColumnRole.IsNameOfPerson(column.Name) ? "of a person"
        : ColumnRole.IsKey(column) ? "names the record"
        : column.Mostly(column.Dates) ? "a date"
        : ColumnRole.IsCategory(column) ? "a few values"
        : column.Mostly(column.Links) ? "a link"
        : column.Objects > 0 || column.Lists > 0 ? "objects or lists"
        : column.Mostly(column.Numeric) ? "numbers"
        : ColumnRole.IsText(column) ? "text"
        : "no text";
}
