using TaskDsl.Unicode;

namespace TaskDsl.App.Drafting.Observations;

/// <summary>Labels that differ by a letter, by case, by blanks or by how they are encoded: often one label, written twice.</summary>
internal sealed class AlikeLabels : Observation
{
    private const int MostTold = 6;

    // Of shorter words another letter makes another word.
    private const int Shortest = 5;

    private static readonly NormalText Compatible = new(UnicodeForm.KC);

    /// <inheritdoc/>
    public override IEnumerable<Remark> Tell(Draft draft)
    {
        var labels = draft.Output.Labels;
        var pairs = labels
            .SelectMany((one, i) => labels.Skip(i + 1).Select(other => (One: one, Other: other)))
            .Select(pair => (pair.One, pair.Other, Plain: (Plain(pair.One.Surface), Plain(pair.Other.Surface))))
            .Where(pair => pair.Plain.Item1 == pair.Plain.Item2 || AreNear(pair.Plain.Item1, pair.Plain.Item2))
            .ToList();
        if (pairs.Count == 0)
            return [];
        var told = pairs
            .Take(MostTold)
            .Select(pair =>
                $"{Visible.Of(Shown(pair.One.Surface))} ({Number(pair.One.Count)}) and {Visible.Of(Shown(pair.Other.Surface))} "
                + $"({Number(pair.Other.Count)})"
            );
        return
        [
            new(
                Place.Labels,
                $"Alike but for a letter, case or blanks: "
                    + $"{string.Join("; ", told)}{(pairs.Count > MostTold ? $"; and {pairs.Count - MostTold} more" : "")}. "
                    + "Where they are one label, mend the file."
            ),
        ];
    }

    private static string Plain(string label) =>
        string.Concat(Compatible.Of(label).Where(char.IsLetterOrDigit)).ToLowerInvariant() is { Length: > 0 } plain ? plain : label;

    // One letter more, less, or another; digits make numbered things, which are not meant to be one.
    private static bool AreNear(string one, string other)
    {
        var (longer, shorter) = one.Length >= other.Length ? (one, other) : (other, one);
        if (shorter.Length < Shortest || longer.Length - shorter.Length > 1)
            return false;
        var same = longer.AsSpan().CommonPrefixLength(shorter);
        if (char.IsDigit(longer[same]) || (same < shorter.Length && char.IsDigit(shorter[same])))
            return false;
        return longer.Length == shorter.Length
            ? longer.AsSpan(same + 1).SequenceEqual(shorter.AsSpan(same + 1))
            : longer.AsSpan(same + 1).SequenceEqual(shorter.AsSpan(same));
    }
}
