using TaskDsl.Unicode;

namespace TaskDsl.App.Drafting.Observations;

/// <summary>Labels that stand in the file with blanks around them, or signs that nobody sees.</summary>
internal sealed class BlanksInLabels : Observation
{
    private const int MostTold = 6;

    /// <inheritdoc/>
    public override IEnumerable<Remark> Tell(Draft draft)
    {
        var told = draft
            .Output.Labels.Where(label => label.Variants.Count > 0)
            .Select(label =>
                $"{Shown(label.Surface)} also as "
                + $"{string.Join(", ", label.Variants.Select(v => $"'{Visible.Of(v.ReplaceLineEndings(" "))}'"))}"
            )
            .ToList();
        if (told.Count > 0)
            yield return new(
                Place.Stages,
                $"Labels with blanks around them or signs that do not show: {string.Join("; ", told.Take(MostTold))}"
                    + $"{(told.Count > MostTold ? $"; and {told.Count - MostTold} more" : "")}. normalize_text reads both as one."
            )
            {
                Stage = "normalize_text",
            };
    }
}
