namespace TaskDsl.App.Drafting.Observations;

/// <summary>A label that most records have: whoever always says it is mostly right.</summary>
internal sealed class CommonLabel : Observation
{
    private const double Most = 0.7;

    /// <inheritdoc/>
    public override IEnumerable<Remark> Tell(Draft draft)
    {
        if (draft.Output.Type != "label" || draft.Output.Labels is not [var first, _, ..])
            yield break;
        var share = (double)first.Count / draft.Output.Labels.Sum(label => label.Count);
        if (share >= Most)
            yield return new(
                Place.Labels,
                $"{Percent(share)} are {Shown(first.Surface)}: whoever always says so has that accuracy. Look at macro_f1, and think of "
                    + $"'stages: [balance: {draft.Output.Name}]'."
            );
    }
}
