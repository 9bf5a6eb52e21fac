using System.Text.RegularExpressions;
using TaskDsl.Generators.Yaml;

namespace TaskDsl.Generators.Binding;

/// <summary>The values that a record is said once for each of: <c>over: {rank: [4, 8]}</c> and <c>seeds</c>.</summary>
internal sealed class EachScope
{
    /// <summary>The name of seeds.</summary>
    public const string Seed = "seed";

    /// <summary>The key of seeds, and that of all other values.</summary>
    public const string Seeds = "seeds",
        Over = "over";

    private static readonly Regex Used = new(@"^\$\{\s*each\.([^\s}]*)\s*\}$", RegexOptions.CultureInvariant);

    private static readonly Regex Anywhere = new(@"\$\{\s*each\.([^\s}]*)\s*\}", RegexOptions.CultureInvariant);

    private readonly Dictionary<YamlNode, string> labels = [];

    /// <summary>Reads the values; what is none is told when it is bound.</summary>
    /// <param name="sweep">What lists them.</param>
    /// <param name="parameter">What C# calls the cell.</param>
    /// <param name="mapping">What is said once for each, the list included.</param>
    public EachScope(YamlMapping sweep, string parameter, YamlMapping mapping)
    {
        Parameter = parameter;
        var used = new HashSet<string>(mapping.Entries.Where(e => e.Value != sweep).SelectMany(e => Names(e.Value)));
        var over = (sweep[Over] as YamlMapping)?.Entries ?? [];
        foreach (var (key, value) in over)
            if (value is YamlSequence values)
                Axes.Add(new EachAxis(key, Short(key.Value, over), values, IsUsed: used.Contains(key.Value)));
        foreach (var (key, value) in sweep.Entries)
            if (key.Value == Seeds && value is YamlSequence values)
                Axes.Add(new EachAxis(key, Seed, values, IsUsed: used.Contains(Seed)));
        Twice = [.. Axes.GroupBy(axis => axis.Name).SelectMany(same => same.Skip(1))];
        Axes.RemoveAll(Twice.Contains);
        foreach (var axis in Axes)
        foreach (var (value, label) in axis.Values.Items.Zip(ValueLabel.Of(axis.Values.Items), (value, label) => (value, label)))
            labels[value] = label;
    }

    public string Parameter { get; }

    public List<EachAxis> Axes { get; } = [];

    /// <summary>Values under a name that others have.</summary>
    public IReadOnlyList<EachAxis> Twice { get; }

    /// <summary>What a value is called.</summary>
    public string Label(YamlNode value) => labels.TryGetValue(value, out var label) ? label : ValueLabel.Whole(value);

    /// <summary>The name in <c>${each.name}</c>; null where a scalar is none.</summary>
    public static string? NameIn(YamlScalar scalar) => Used.Match(scalar.Value) is { Success: true } match ? match.Groups[1].Value : null;

    /// <summary>Whether a scalar has such a name as a part of it, where it would be text.</summary>
    public static bool IsPart(YamlScalar scalar) => scalar.Value.Contains("${each.") && NameIn(scalar) is null;

    /// <summary>The list of values with the names that they have in columns.</summary>
    public static YamlMapping Renamed(YamlMapping sweep, IReadOnlyList<EachAxis> axes) =>
        new(
            sweep.Span,
            [
                .. sweep.Entries.Select(entry =>
                    entry.Key.Value == Over && entry.Value is YamlMapping over
                        ? new YamlEntry(
                            entry.Key,
                            new YamlMapping(
                                over.Span,
                                [
                                    .. over.Entries.Select(e =>
                                        axes.FirstOrDefault(axis => axis.Key == e.Key) is { } axis
                                            ? new YamlEntry(Word(e.Key, axis.Name), e.Value)
                                            : e
                                    ),
                                ]
                            )
                        )
                        : entry
                ),
            ]
        );

    /// <summary>A word where another stands.</summary>
    public static YamlScalar Word(YamlScalar place, string word) => new(place.Span, word, word, isPlain: true, isBlock: false);

    // The last part of a path says enough, unless another path ends so too.
    private static string Short(string path, IReadOnlyList<YamlEntry> all)
    {
        var last = Last(path);
        return all.Count(other => Last(other.Key.Value) == last) > 1 || last == Seed ? path : last;

        static string Last(string path) => path.Substring(path.LastIndexOf('.') + 1);
    }

    private static IEnumerable<string> Names(YamlNode node) =>
        node switch
        {
            YamlScalar scalar => Anywhere.Matches(scalar.Value).Cast<Match>().Select(match => match.Groups[1].Value),
            YamlSequence sequence => sequence.Items.SelectMany(Names),
            YamlMapping mapping => mapping.Entries.SelectMany(entry => Names(entry.Value)),
            _ => [],
        };
}

/// <summary>Values under a name.</summary>
/// <param name="Key">Where the name stands.</param>
/// <param name="Name">The name in columns.</param>
/// <param name="Values">The values.</param>
/// <param name="IsUsed">Whether <c>${each.name}</c> stands somewhere; else the key is the path of a property.</param>
internal sealed record EachAxis(YamlScalar Key, string Name, YamlSequence Values, bool IsUsed);
