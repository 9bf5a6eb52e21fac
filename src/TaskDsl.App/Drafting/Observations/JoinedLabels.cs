namespace TaskDsl.App.Drafting.Observations;

/// <summary>Several labels in one text, with a sign between them.</summary>
internal sealed class JoinedLabels : Observation
{
    private const double Some = 0.1;
    private const double Fewer = 0.8;

    /// <inheritdoc/>
    public override IEnumerable<Remark> Tell(Draft draft)
    {
        if (draft.Output.Type is not ("label" or "string" or "text") || draft.Output.Column.Values.Known is not { Count: > 2 } values)
            yield break;
        foreach (var sign in ";|；、,，")
        {
            var all = values.Sum(value => value.Value);
            var joined = values.Where(value => value.Key.Contains(sign, StringComparison.Ordinal)).ToList();
            var pieces = values.SelectMany(value => value.Key.Split(sign)).Select(piece => piece.Trim()).Distinct().Count();
            // Where they are labels, they come again in other company.
            if (joined.Sum(value => value.Value) < Some * all || pieces >= Fewer * values.Count)
                continue;
            yield return new(
                Place.Output,
                $"The answers seem to be several labels with '{sign}' between them (as {Shown(joined[0].Key)}): {pieces} different "
                    + $"ones make "
                    + $"{values.Count} answers. Write them as lists, in JSON Lines, and the field is 'labels'."
            );
            yield break;
        }
    }
}
