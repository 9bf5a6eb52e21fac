using TaskDsl.App.Drafting.Looking;

namespace TaskDsl.App.Drafting.Observations;

/// <summary>Columns that nearly are the answer: whoever knows them need not read the text.</summary>
internal sealed class NearAnswers : Observation
{
    private const double Nearly = 0.9;
    private const int MostPairs = 20_000;
    private const int ShortestPiece = 3;

    private readonly Dictionary<string, Dictionary<(ulong Value, ulong Answer), long>> pairs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> holding = new(StringComparer.Ordinal);
    private long records;

    /// <inheritdoc/>
    public override void See(Seen record)
    {
        if (record.Answer is not { } answer)
            return;
        records++;
        var hash = Values.Hash(answer);
        var folded = answer.Length is >= ShortestPiece and <= 2000 ? SeenInputs.Folded(answer).Replace('_', ' ') : null;
        foreach (var column in record.Draft.Profile.Columns)
        {
            if (
                column == record.Draft.Output.Column
                || column.Values.Known is { Count: 1 }
                || record.Row.Text(column.Name) is not { Length: > 0 and < 20_000 } value
            )
                continue;
            if (folded is not null && record.Draft.Output.Type != "entities" && Holds(value, folded))
                holding[column.Name] = holding.GetValueOrDefault(column.Name) + 1;
            if (record.Draft.Output.Type != "label" || column.Values.Known is null || column == record.Draft.Guess.Part)
                continue;
            if (!pairs.TryGetValue(column.Name, out var seen))
                pairs.Add(column.Name, seen = []);
            if (seen.Count < MostPairs)
                seen[(Values.Hash(value), hash)] = seen.GetValueOrDefault((Values.Hash(value), hash)) + 1;
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Remark> Tell(Draft draft)
    {
        foreach (var column in draft.Profile.Columns)
        {
            var isInput = draft.Inputs.Any(field => field.Column == column);
            var place = isInput ? Place.Input : Place.Examples;
            if (holding.GetValueOrDefault(column.Name) is var held && held >= Nearly * records && records > 5)
                yield return new(
                    place,
                    $"{Percent((double)held / records)} of the answers stand in column '{column.Name}' word by word: "
                        + (isInput ? "whoever copies them is right. Take it out where it will not be there later." : "leave it out.")
                );
            else if (Known(column, draft) is { } share)
                yield return new(
                    place,
                    $"Column '{column.Name}' nearly says the answer: whoever knows it is right in {Percent(share)} of the records. "
                        + (
                            isInput
                                ? "Take it out where it will not be there later."
                                : "Leave it out, unless it is there before the answer is."
                        )
                );
        }
    }

    // The share that the most frequent answer to each value gets right, where that is no chance: values come several times.
    private double? Known(Column column, Draft draft)
    {
        if (!pairs.TryGetValue(column.Name, out var seen) || seen.Count >= MostPairs)
            return null;
        var values = seen.GroupBy(pair => pair.Key.Value)
            .Select(same => (Most: same.Max(p => p.Value), All: same.Sum(p => p.Value)))
            .ToList();
        var all = values.Sum(value => value.All);
        var share = (double)values.Sum(value => value.Most) / Math.Max(1, all);
        var common = (double)draft.Output.Labels.Max(label => label.Count) / draft.Output.Labels.Sum(label => label.Count);
        return
            values.Count > 1 && all >= 4 * values.Count && all >= 0.5 * records && share >= Nearly && share - common >= 0.5 * (1 - common)
            ? share
            : null;
    }

    private static bool Holds(string value, string folded) =>
        value.Length >= folded.Length && SeenInputs.Folded(value).Replace('_', ' ').Contains(folded, StringComparison.Ordinal);
}
