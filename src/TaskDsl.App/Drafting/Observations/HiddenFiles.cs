using TaskDsl.App.Drafting.Looking;

namespace TaskDsl.App.Drafting.Observations;

/// <summary>Files whose name is that of no format, so that the project does not show them to the compiler.</summary>
internal sealed class HiddenFiles : Observation
{
    /// <inheritdoc/>
    public override IEnumerable<Remark> Tell(Draft draft)
    {
        foreach (var file in draft.Sources.Select(source => source.File).Where(file => file.IsInside && !GivenFile.IsData(file.Path)))
            yield return new(
                Place.Examples,
                $"no format of data files has such a name as {file.Path}, so the compiler does not see the file. Rename it after its "
                    + $"format, "
                    + $"or write <AdditionalFiles Include=\"{file.Path}\" /> into the project file."
            )
            {
                NeedsHand = true,
            };
    }
}
