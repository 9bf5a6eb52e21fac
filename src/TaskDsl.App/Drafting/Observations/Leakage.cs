using TaskDsl.Data;

namespace TaskDsl.App.Drafting.Observations;

/// <summary>Inputs that stand in two official parts: what is measured was learned.</summary>
internal sealed class Leakage : Observation
{
    private readonly Dictionary<(SplitName From, SplitName To), (long Count, string First)> leaks = [];

    /// <inheritdoc/>
    public override void See(Seen record)
    {
        if (record.Earlier is not { Part: { } from } earlier || record.Row.Part is not { } to || from == to)
            return;
        var leak = leaks.GetValueOrDefault((from, to));
        leaks[(from, to)] = (
            leak.Count + record.Weight,
            leak.First ?? $"{record.Row.Origin} stands in line {earlier.Line} of {Name(from)}"
        );
    }

    /// <inheritdoc/>
    public override IEnumerable<Remark> Tell(Draft draft) =>
        leaks
            .OrderBy(leak => leak.Key)
            .Select(leak => new Remark(
                Place.Examples,
                $"{Count(leak.Value.Count, "record")} of {Name(leak.Key.To)} {(leak.Value.Count == 1 ? "has" : "have")} an input that "
                    + $"stands in "
                    + $"{Name(leak.Key.From)} too ({leak.Value.First}): what is measured there was learned. deduplicate keeps the first."
            ));

    private static string Name(SplitName part) => part.ToString().ToLowerInvariant();
}
