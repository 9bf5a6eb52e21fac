namespace TaskDsl.App.Drafting.Observations;

/// <summary>Sets that are too small to train on or to measure with.</summary>
internal sealed class FewRecords : Observation
{
    private const int Few = 200;

    /// <inheritdoc/>
    public override IEnumerable<Remark> Tell(Draft draft)
    {
        if (draft.Profile.Rows < Few)
            yield return new(
                Place.Head,
                $"{Count(draft.Profile.Rows, "record")}: a new model learns little from so few, and a test part of a fifth says little "
                    + $"of it. "
                    + $"It compiles and trains; a number to stand on takes some hundreds."
            );
    }
}
