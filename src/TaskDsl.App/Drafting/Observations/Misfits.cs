namespace TaskDsl.App.Drafting.Observations;

/// <summary>Records that cannot be read, or lack what the draft's task needs.</summary>
internal sealed class Misfits : Observation
{
    private const int MostTold = 3;

    private readonly SortedDictionary<string, (long Count, string First)> lacking = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override void See(Seen record)
    {
        if (record.Input is null)
            Add("have no input", record);
        else if (record.Answer is null)
            Add("have no answer", record);
        else if (record.Draft.Output.CopiedFrom is not null && !IsCopied(record))
            Add("have an entity that is no piece of the text", record);
        else if (record.Draft.Output.Type == "labels" && HasTwice(record))
            Add("have a label twice", record);
    }

    /// <inheritdoc/>
    public override IEnumerable<Remark> Tell(Draft draft)
    {
        if (draft.Records.Unreadable > 0)
            yield return new(
                Place.BadRecords,
                $"{Count(draft.Records.Unreadable, "record")} cannot be read and {(draft.Records.Unreadable == 1 ? "is" : "are")} set "
                    + $"aside: "
                    + $"{string.Join("; ", draft.Records.Faults.Take(MostTold))}."
            );
        foreach (var (what, (count, first)) in lacking)
            yield return new(
                Place.BadRecords,
                $"{Count(count, "record")} {(count == 1 ? what.Replace("have", "has", StringComparison.Ordinal) : what)} and "
                    + $"{(count == 1 ? "is" : "are")} set aside, the first at {first}."
            );
    }

    private void Add(string what, Seen record)
    {
        var seen = lacking.GetValueOrDefault(what);
        lacking[what] = (seen.Count + 1, seen.First ?? record.Row.Origin.ToString());
    }

    private static bool HasTwice(Seen record)
    {
        var labels = record.Row.Values[record.Draft.Output.Column.Name].EnumerateArray().Select(label => label.GetString()).ToList();
        return labels.Distinct().Count() < labels.Count;
    }

    private static bool IsCopied(Seen record) =>
        record.Row.Values.TryGetValue(record.Draft.Output.Column.Name, out var entities)
        && entities
            .EnumerateArray()
            .All(entity =>
                entity.TryGetProperty("text", out var text)
                && text.GetString() is { } piece
                && !string.IsNullOrWhiteSpace(piece)
                && record.Input!.Contains(piece, StringComparison.Ordinal)
            );
}
