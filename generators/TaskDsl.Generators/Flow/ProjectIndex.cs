using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Flow;

/// <summary>The names that a project declares: value-equal, so that an edit that renames nothing changes nothing elsewhere.</summary>
/// <param name="Entries">What is declared, by kind and name.</param>
/// <param name="Clashes">What could not have the C# name that it would have.</param>
public sealed record ProjectIndex(EquatableArray<IndexEntry> Entries, EquatableArray<NameClash> Clashes)
{
    private static readonly ProjectIndex Nothing = new(default, default);

    private Dictionary<DocumentName, IndexEntry>? byName;
    private ILookup<(string Kind, DocumentName? Base), IndexEntry>? byBase;

    /// <summary>What is declared, each name by the first that has it. Each is as whole as what it is nothing without.</summary>
    public static ProjectIndex Of(IEnumerable<IndexEntry> declared)
    {
        var all = declared.ToList();
        var claims = NameClaims.Of(all.Where(e => !e.IsGuess && e.Project is null));
        // Of what has no C# name or cannot be read the name is known all the same: it is broken, and not missing.
        var entries = claims
            .Kept.Concat(claims.Clashes.Select(clash => clash.Entry with { IsWhole = false }))
            .Concat(all.Where(e => e.IsGuess))
            .GroupBy(e => e.Document)
            .Select(same => same.First())
            .ToList();
        entries.AddRange(Others(all.Where(e => e.Project is not null), entries));
        var known = entries.ToDictionary(e => e.Document, e => e.IsWhole);
        return new ProjectIndex(
            new EquatableArray<IndexEntry>(
                entries
                    .Select(e => OnItsBase(e, known))
                    .OrderBy(e => e.Kind.Word, StringComparer.Ordinal)
                    .ThenBy(e => e.Name, StringComparer.Ordinal)
            ),
            new(claims.Clashes)
        );
    }

    /// <summary>
    /// What other projects declare and this one does not. A name that several have means none of them; what is of something that this
    /// project has another of is not seen.
    /// </summary>
    private static List<IndexEntry> Others(IEnumerable<IndexEntry> declared, IEnumerable<IndexEntry> own)
    {
        var taken = new HashSet<DocumentName>(own.Select(e => e.Document));
        var others = declared
            .Where(e => !taken.Contains(e.Document))
            .GroupBy(e => e.Document)
            .Select(same =>
                same.Select(e => e.Project!.Name).Distinct().ToList() is { Count: > 1 } projects ? Unclear(same, projects) : same.First()
            )
            .ToDictionary(e => e.Document);
        return
        [
            .. others
                .Values.Where(e => e.Base is not { } basis || others.ContainsKey(basis))
                .Select(e => e.Base is { } basis ? e with { Unclear = e.Unclear ?? others[basis].Unclear } : e),
        ];
    }

    private static IndexEntry Unclear(IGrouping<DocumentName, IndexEntry> same, List<string> projects)
    {
        projects.Sort(StringComparer.Ordinal);
        var first = same.OrderBy(e => e.Path, StringComparer.Ordinal).First();
        return first with
        {
            Unclear =
                $"the {first.Kind.Word} '{first.Name}' is declared in the projects {string.Join(" and ", projects)}; give one of them "
                + "another name",
        };
    }

    // What is of something that is not there may be of anything.
    private static IndexEntry OnItsBase(IndexEntry entry, Dictionary<DocumentName, bool> known) =>
        entry.Base is not { } basis ? entry
        : !known.TryGetValue(basis, out var isWhole) ? entry with { IsWhole = false, Base = null }
        : isWhole ? entry
        : entry with { IsWhole = false };

    /// <summary>Looks a definition up; null where there is none.</summary>
    public IndexEntry? Find(DocumentName document) =>
        (byName ??= Entries.ToDictionary(e => e.Document)).TryGetValue(document, out var entry) ? entry : null;

    /// <summary>What has the C# name of a definition; null where it has the name itself.</summary>
    public NameClash? ClashOf(IndexEntry entry) =>
        Clashes.Count == 0 ? null : Clashes.FirstOrDefault(clash => clash.Entry.Path == entry.Path);

    /// <summary>What a reference names; null where that is nothing, or could be several.</summary>
    public IndexEntry? Find(BoundReference reference) =>
        reference.Name.Length > 0 ? Find(new DocumentName(reference.Kind, reference.Name))
        : Candidates(reference) is [var only] ? only
        : null;

    /// <summary>What a reference without a name could mean; what is broken may be of anything.</summary>
    public IReadOnlyList<IndexEntry> Candidates(BoundReference reference) =>
        reference.Of is not { } of ? [] : [.. Based(reference.Kind, new DocumentName(of.Kind, of.Name)), .. Based(reference.Kind, null)];

    /// <summary>The names of a kind.</summary>
    public IEnumerable<string> Names(string kind) => All(kind).Select(e => e.Name);

    /// <summary>
    /// The part that a document with these references sees: what they name or, where one names nothing, all that it could have named. Other
    /// files may come and go without this document being compiled again.
    /// </summary>
    public ProjectIndex For(EquatableArray<BoundReference> references)
    {
        if (references.Count == 0)
            return Nothing;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var entries = new List<IndexEntry>(references.Count);
        foreach (var reference in references)
        foreach (var entry in Seen(reference))
            if (seen.Add(entry.Path))
                entries.Add(entry);
        return new ProjectIndex(new EquatableArray<IndexEntry>(entries), default);
    }

    private IEnumerable<IndexEntry> Seen(BoundReference reference) =>
        reference.Name.Length == 0 ? Candidates(reference)
        : Find(reference) is { } named ? [named]
        : All(reference.Kind);

    private IEnumerable<IndexEntry> Based(string kind, DocumentName? on) =>
        (byBase ??= Entries.ToLookup(e => (e.Kind.Word, e.Base)))[(kind, on)];

    private IEnumerable<IndexEntry> All(string kind) => Entries.Where(e => e.Kind.Word == kind);

    // The look-up tables are no part of the value.
    public bool Equals(ProjectIndex? other) => other is not null && Entries.Equals(other.Entries) && Clashes.Equals(other.Clashes);

    public override int GetHashCode() => Entries.GetHashCode();
}
