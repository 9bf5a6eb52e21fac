using TaskDsl.App.Drafting.Looking;

namespace TaskDsl.App.Drafting.Observations;

/// <summary>The language, as far as letters tell it, and whether there are several in one file.</summary>
internal sealed class SeveralLanguages : Observation
{
    /// <inheritdoc/>
    public override IEnumerable<Remark> Tell(Draft draft)
    {
        if (draft.Scripts is [_, _, ..])
            yield return new(
                Place.Head,
                $"Texts of several scripts: {string.Join(", ", draft.Scripts.Select(s => $"{Percent(s.Share)} {s.Script}"))}. A "
                    + $"language is said "
                    + $"for a file: part the records by it, and write 'languages: [{string.Join(", ", Languages(draft))}]' and "
                    + $"'language:' at each "
                    + "source. As it is, all are read as one."
            );
        else if (draft.Scripts is not [_, ..])
            yield return new(Place.Head, "No letters were seen, so the language is a mere guess.");
        else if (draft.Scripts is [(Script.Latin or Script.Cyrillic or Script.Arabic or Script.Devanagari, _)])
            yield return new(
                Place.Head,
                $"The language is told by its letters alone ({draft.Scripts[0].Script}): write another one where it is another."
            );
    }

    private static IEnumerable<string> Languages(Draft draft) => draft.Scripts.Select(s => ScriptCount.Language(s.Script)).Distinct();
}
