using TaskDsl.App.Drafting.Looking;

namespace TaskDsl.App.Drafting.Observations;

/// <summary>Entities by their places in a text, where the task reads their texts.</summary>
internal sealed class PlacedEntities : Observation
{
    private static readonly string[] Starts = ["start", "start_index", "start_offset", "begin", "from"];

    /// <inheritdoc/>
    public override IEnumerable<Remark> Tell(Draft draft)
    {
        var placed = draft.Profile.Columns.Where(column => column.Items is { Objects: > 0 } items && HasPlaces(items)).ToList();
        if (placed.Count > 0)
            yield return new(
                Place.Output,
                $"{string.Join(" and ", placed.Select(column => $"'{column.Name}'"))} {(placed.Count == 1 ? "has" : "have")} pieces of "
                    + $"a text by "
                    + "their places. Entities are read by kind and text: write each as {\"kind\": …, \"text\": …}, or read the file with a "
                    + "source of your own (docs/data.md)."
            )
            {
                NeedsHand = true,
            };
    }

    private static bool HasPlaces(Column items) =>
        items.Members.Any(member => (Starts.Contains(Naming.Snake(member.Name)) && member.Numbers > 0) || HasPlaces(member));
}
