namespace TaskDsl.App.Drafting.Observations;

/// <summary>The same input with two answers: one of them is wrong, or the input does not say enough.</summary>
internal sealed class TwoAnswers : Observation
{
    private const int MostTold = 3;

    private readonly List<string> told = [];
    private long count;

    /// <inheritdoc/>
    public override void See(Seen record)
    {
        if (record.Earlier is not { } earlier || earlier.Answer == Looking.Values.Hash(record.Answer!))
            return;
        count += record.Weight;
        if (told.Count < MostTold)
            told.Add($"{record.Row.Origin}{Line(record, earlier)}: {Shown(record.Input!)} is {Shown(record.Answer!)} here");
    }

    // A document may stand on one line.
    private static string Line(Seen record, in Earlier earlier) =>
        earlier.Line == record.Row.Origin.Line ? "" : $" and line {earlier.Line}";

    /// <inheritdoc/>
    public override IEnumerable<Remark> Tell(Draft draft)
    {
        if (count > 0)
            yield return new(
                Place.Stages,
                $"{Count(count, "record")} {(count == 1 ? "has" : "have")} the input of an earlier one and another answer "
                    + $"({string.Join("; ", told)}). deduplicate keeps "
                    + "the first; which is right, a person must say."
            )
            {
                Stage = "deduplicate",
            };
    }
}
