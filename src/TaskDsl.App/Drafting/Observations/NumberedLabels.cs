namespace TaskDsl.App.Drafting.Observations;

/// <summary>Labels that are numbers: what they mean stands somewhere else.</summary>
internal sealed class NumberedLabels : Observation
{
    /// <inheritdoc/>
    public override IEnumerable<Remark> Tell(Draft draft)
    {
        if (
            draft.Output.Labels.Count > 0
            && draft.Output.Labels.All(label => label.Surface.All(sign => char.IsDigit(sign) || sign is '-' or '.'))
        )
            yield return new(
                Place.Labels,
                "The labels are numbers. Say what each means: \"1\": good. Data is read by the key, and a model writes the word behind it."
            );
    }
}
