using TaskDsl.App.Drafting.Looking;

namespace TaskDsl.App.Drafting.Observations;

/// <summary>Lists and objects that stand in the file as text, as JSON or Python write them.</summary>
internal sealed class WrittenStructures : Observation
{
    /// <inheritdoc/>
    public override IEnumerable<Remark> Tell(Draft draft)
    {
        foreach (var field in draft.Inputs.Append(draft.Output))
            if (field.Column is var column && column.Texts > 0 && column.Mostly(column.Structures))
                yield return new(field == draft.Output ? Place.Output : Place.Input, Text(column)) { NeedsHand = true };
    }

    private static string Text(Column column) =>
        $"the values of '{column.Name}' are lists or objects, written as text"
        + $"{(column.Values.Known is [var first, ..] ? $" (as {Shown(first.Key)})" : "")}: a model would have to write their brackets. "
        + $"Write "
        + "the file as JSON Lines, with real lists and objects, or read it with a source of your own (docs/data.md).";
}
