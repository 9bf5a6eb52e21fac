namespace TaskDsl.Generators.Flow;

/// <summary>Who gets which C# name. Of several definitions that would have one, the first by path keeps it.</summary>
/// <param name="Kept">The definitions that have their names, each with a generated file of its own.</param>
/// <param name="Clashes">The others, each with what has the name already.</param>
public sealed record NameClaims(IReadOnlyList<IndexEntry> Kept, IReadOnlyList<NameClash> Clashes)
{
    // What a static class has from object; a property of that name would hide it.
    private static readonly string[] OfEveryClass =
    [
        "Equals",
        "ReferenceEquals",
        "ToString",
        "GetHashCode",
        "GetType",
        "MemberwiseClone",
        "Finalize",
    ];

    public static NameClaims Of(IEnumerable<IndexEntry> declared)
    {
        var entries = declared.OrderBy(e => e.Path, StringComparer.Ordinal).ToList();
        var kept = new List<IndexEntry>();
        var clashes = new List<NameClash>();
        var files = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var owners = new Dictionary<string, IndexEntry?>(StringComparer.Ordinal);
        foreach (var entry in entries.Where(e => !e.Kind.HasOwnClass))
            owners[entry.ClassName] = null;

        foreach (var entry in entries)
        {
            var name = entry.Kind.HasOwnClass ? entry.ClassName : entry.Expression;
            if (
                owners.TryGetValue(name, out var owner)
                || (!entry.Kind.HasOwnClass && (entry.Member == entry.ClassName || Array.IndexOf(OfEveryClass, entry.Member) >= 0))
            )
            {
                clashes.Add(new NameClash(entry, name, owner));
                continue;
            }

            owners.Add(name, entry);
            kept.Add(entry with { HintName = Unique(entry.HintName, files) });
        }

        return new NameClaims(kept, clashes);
    }

    // Paths that differ in signs or case only can be one hint name, and Roslyn refuses a second file of a name.
    private static string Unique(string hint, HashSet<string> taken)
    {
        const string Extension = ".g.cs";
        var unique = hint;
        for (var i = 2; !taken.Add(unique); i++)
            unique = $"{hint.Substring(0, hint.Length - Extension.Length)}-{i}{Extension}";
        return unique;
    }
}
