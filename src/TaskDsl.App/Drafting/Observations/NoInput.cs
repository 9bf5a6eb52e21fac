namespace TaskDsl.App.Drafting.Observations;

/// <summary>Sets where nothing is asked: one column, or none that says anything besides the answer.</summary>
internal sealed class NoInput : Observation
{
    /// <inheritdoc/>
    public override IEnumerable<Remark> Tell(Draft draft)
    {
        if (draft.Inputs.Count == 0)
            yield return new(
                Place.Input,
                "Nothing but the answer was found, so the task asks for nothing and a model learns to write such texts. Where they are "
                    + "to be "
                    + "answered, the answers are missing: add a column, and draft again. To learn from texts alone, name them under "
                    + "'corpus' "
                    + "in a recipe."
            );
    }
}
