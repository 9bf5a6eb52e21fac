namespace TaskDsl.App.Drafting.Observations;

/// <summary>Records that say again what one before them says.</summary>
internal sealed class Duplicates : Observation
{
    private long count;
    private string first = "";

    /// <inheritdoc/>
    public override void See(Seen record)
    {
        if (record.Earlier is not { } earlier || earlier.Answer != Looking.Values.Hash(record.Answer!))
            return;
        count += record.Weight;
        if (first.Length == 0)
            first =
                earlier.Line == record.Row.Origin.Line
                    ? $"the first is {record.Row.Origin}"
                    : $"{record.Row.Origin} says what line {earlier.Line} says";
    }

    /// <inheritdoc/>
    public override IEnumerable<Remark> Tell(Draft draft)
    {
        if (count > 0)
            yield return new(
                Place.Stages,
                $"{Count(count, "record")} of {Number(draft.Profile.Rows)} {(count == 1 ? "repeats" : "repeat")} one before them but "
                    + $"for case and blanks ({first}). "
                    + "deduplicate leaves out those that are the same to the letter."
            )
            {
                Stage = "deduplicate",
            };
    }
}
