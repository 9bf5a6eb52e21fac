namespace TaskDsl.App.Drafting.Observations;

/// <summary>Conversations of several turns, of which the last is the answer.</summary>
internal sealed class SeveralTurns : Observation
{
    /// <inheritdoc/>
    public override IEnumerable<Remark> Tell(Draft draft)
    {
        if (draft.Inputs is [{ Column.Name: "dialogue" }] && draft.Records.Shape is not null)
            yield return new(
                Place.Input,
                "Some conversations have several turns: all of them before the last answer are the input, and only the last answer is "
                    + "learned."
            );
    }
}
