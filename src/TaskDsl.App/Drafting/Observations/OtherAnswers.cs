namespace TaskDsl.App.Drafting.Observations;

/// <summary>Other columns that could be the answer.</summary>
internal sealed class OtherAnswers : Observation
{
    /// <inheritdoc/>
    public override IEnumerable<Remark> Tell(Draft draft)
    {
        if (draft.Guess.OtherAnswers is { Count: > 0 } others)
            yield return new(
                Place.Output,
                $"Or it is {string.Join(" or ", others.Select(column => $"'{column.Name}'"))}: 'draft task … --answer "
                    + $"{Name(others[0].Name)}' takes it."
            );
    }

    private static string Name(string column) => column.Contains(' ', StringComparison.Ordinal) ? $"\"{column}\"" : column;
}
