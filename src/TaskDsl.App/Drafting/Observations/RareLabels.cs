namespace TaskDsl.App.Drafting.Observations;

/// <summary>Labels that too few records have to be learned, or to be measured.</summary>
internal sealed class RareLabels : Observation
{
    private const int Few = 10;
    private const int MostTold = 12;

    /// <inheritdoc/>
    public override IEnumerable<Remark> Tell(Draft draft)
    {
        var rare = draft.Output.Labels.Where(label => label.Count < Few).ToList();
        if (rare.Count == 0)
            yield break;
        var told = string.Join(", ", rare.Take(MostTold).Select(label => $"{Shown(label.Surface)} ({label.Count})"));
        yield return new(
            Place.Labels,
            $"{(rare.Count == 1 ? "One has" : $"{rare.Count} of {draft.Output.Labels.Count} have")} fewer than {Few} records, too few "
                + $"to be "
                + $"learned: {told}{(rare.Count > MostTold ? ", …" : "")}. Join them with others, gather more, or leave them out "
                + $"(stages: [filter: …])."
        );
    }
}
