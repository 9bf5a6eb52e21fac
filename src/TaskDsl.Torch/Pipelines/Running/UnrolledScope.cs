using System.Globalization;
using TaskDsl.Torch.Evaluation;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>What the names in one round of one cell mean: those of its own steps, what is carried, then outward.</summary>
/// <param name="outer">What it stands in; null for the pipeline.</param>
/// <param name="prefix">What the names of its steps begin with.</param>
/// <param name="path">What their paths begin with.</param>
internal sealed class UnrolledScope(UnrolledScope? outer, string prefix, string path)
{
    public string Prefix { get; } = prefix;

    public string Path { get; } = path;

    /// <summary>The step that it is; null for a group.</summary>
    public string? Leaf { get; set; }

    /// <summary>Its own steps by their names.</summary>
    public Dictionary<string, UnrolledPlace> Places { get; } = [];

    /// <summary>Carried names; in the first round nothing is carried yet.</summary>
    public Dictionary<string, Func<Needed>?> Carried { get; } = [];

    /// <summary>All names that may be written in it.</summary>
    public IEnumerable<string> Visible => Places.Keys.Concat(Carried.Keys).Concat(Outer?.Visible ?? []);

    /// <summary>
    /// What a name means, with the cells of sweeps that it goes into; nothing where it is to be carried and no step has it, null where it
    /// is no step's.
    /// </summary>
    /// <param name="named">The name, as <c>self.student</c>.</param>
    /// <param name="isOne">Whether one result is read, and not a list.</param>
    /// <exception cref="RunException">It is a group's, or goes into what is none.</exception>
    public IReadOnlyList<(string Cell, Needed Needed)>? Find(string named, bool isOne)
    {
        var names = named.Split('.');
        var isCarried = false;
        for (var (at, within) = (this, (UnrolledScope?)null); at is not null; (at, within) = (at.Outer, at))
        {
            if (names.Length == 1 && at.Carried.TryGetValue(named, out var before))
            {
                if (before is not null)
                    return [("", before())];
                isCarried = true;
            }

            if (at.Places.TryGetValue(names[0], out var place))
                return within is not null && place.Cells.Any(cell => cell.Rounds.Contains(within)) && names.Length > 1
                    ? throw new RunException($"'${named}' stands in '{names[0]}' itself; write ${string.Join('.', names[1..])}.")
                    : [.. place.Results(names[1..], isOne, named)];
        }

        return isCarried ? [] : null;
    }

    /// <summary>What a name means among its own steps; null where it is none of theirs.</summary>
    public IReadOnlyList<(string Cell, Needed Needed)>? Within(string[] names, bool isOne) =>
        Places.TryGetValue(names[0], out var place) ? [.. place.Results(names[1..], isOne, string.Join('.', names))] : null;

    private UnrolledScope? Outer { get; } = outer;
}

/// <summary>A step or group where it stands, written out.</summary>
/// <param name="name">Its name, without round and cell.</param>
/// <param name="choose">What chooses among its cells; null where nothing does.</param>
/// <param name="isRepeated">Whether it has rounds.</param>
internal sealed class UnrolledPlace(string name, Choose? choose, bool isRepeated)
{
    public string Name { get; } = name;

    public Choose? Choose { get; } = choose;

    /// <summary>The cells, one without a name where nothing is swept, each with its rounds.</summary>
    public List<(Cell? Cell, List<UnrolledScope> Rounds)> Cells { get; } = [];

    /// <summary>The results behind the rest of a name, with the cells that they are of.</summary>
    /// <param name="rest">What stands behind the place's own name: perhaps a round, then steps of a group.</param>
    /// <param name="isOne">Whether one result is read, and not a list.</param>
    /// <param name="named">The whole name, for errors.</param>
    public IEnumerable<(string Cell, Needed Needed)> Results(string[] rest, bool isOne, string named)
    {
        var all = Cells.SelectMany(cell => Within(cell.Rounds, rest, isOne, named).Select(r => (cell.Cell, Inner: r.Cell, r.Needed)));
        if (Choose is null)
            return all.Select(r => (Join(r.Cell?.Name ?? "", r.Inner), r.Needed));
        // Where a list is read, the setting that is chosen with each of its seeds.
        return from result in all
            let seed = isOne ? "" : result.Cell!.SeedName
            group result by Join(seed, result.Inner) into cells
            select (cells.Key, new Needed(Name, cells.ToDictionary(r => isOne ? r.Cell!.Name : r.Cell!.Setting, r => r.Needed)));
    }

    private IEnumerable<(string Cell, Needed Needed)> Within(List<UnrolledScope> rounds, string[] rest, bool isOne, string named)
    {
        var at = rounds[^1];
        if (isRepeated && rest is [var first, ..] && int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var round))
        {
            if (round < 1 || round > rounds.Count)
                throw new RunException($"'${named}': '{Name}' has the rounds 1 to {rounds.Count}.");
            (at, rest) = (rounds[round - 1], rest[1..]);
        }

        if (rest.Length == 0)
            return at.Leaf is { } leaf
                ? [("", new Needed(leaf))]
                : throw new RunException(
                    $"'${named}' is a group and no result; it has {string.Join(", ", at.Places.Keys.Select(key => $"${named}.{key}"))}."
                );
        return at.Leaf is null
            ? at.Within(rest, isOne)
                ?? throw new RunException($"'{Name}' has no step '{rest[0]}'{Vocabulary.NearestWord.Choice(rest[0], at.Places.Keys)}")
            : throw new RunException($"'${named}': '{Name}' is no group, and has no '{rest[0]}'.");
    }

    private static string Join(string outer, string inner) => outer.Length == 0 || inner.Length == 0 ? outer + inner : $"{outer},{inner}";
}
