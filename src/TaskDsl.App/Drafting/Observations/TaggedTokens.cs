using TaskDsl.App.Drafting.Looking;

namespace TaskDsl.App.Drafting.Observations;

/// <summary>A list of tokens and a list of their tags: entities that no source reads in this form.</summary>
internal sealed class TaggedTokens : Observation
{
    /// <inheritdoc/>
    public override IEnumerable<Remark> Tell(Draft draft)
    {
        var tags = draft.Profile.Columns.Where(AreTags).ToList();
        if (tags.Count > 0)
            yield return new(
                Place.Output,
                $"{string.Join(" and ", tags.Select(column => $"'{column.Name}'"))} {(tags.Count == 1 ? "has" : "have")} a tag (B-, "
                    + $"I-, O) for "
                    + "each token, which no source reads as entities. Write the file as CoNLL (a token, a tab and its tag a line; a "
                    + "blank line "
                    + "between texts), which 'conll' reads, or read it with a source of your own (docs/data.md)."
            )
            {
                NeedsHand = true,
            };
    }

    private static bool AreTags(Column column) =>
        column.Items?.Values.Known is { Count: > 1 and < 200 } known
        && known.All(tag => tag.Key is "O" or "B" or "I" || tag.Key is ['B' or 'I' or 'E' or 'S' or 'L' or 'U', '-', ..]);
}
