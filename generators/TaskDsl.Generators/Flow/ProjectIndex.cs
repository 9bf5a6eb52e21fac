using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Flow;

/// <summary>The names that a project declares: value-equal, so that an edit that renames nothing changes nothing elsewhere.</summary>
public sealed record ProjectIndex(EquatableArray<IndexEntry> Entries)
{
    private Dictionary<DocumentName, IndexEntry>? byName;

    /// <summary>What is declared, each name by the first that has it. Each is as whole as what it is nothing without.</summary>
    public static ProjectIndex Of(IEnumerable<IndexEntry> declared)
    {
        var entries = NameClaims.Of(declared).Kept;
        var broken = new HashSet<DocumentName>(entries.Where(e => !e.IsWhole).Select(e => e.Document));
        return new ProjectIndex(
            new EquatableArray<IndexEntry>(
                entries
                    .Select(e => e.Base is { } basis && broken.Contains(basis) ? e with { IsWhole = false } : e)
                    .OrderBy(e => e.Kind.Word, StringComparer.Ordinal)
                    .ThenBy(e => e.Name, StringComparer.Ordinal)
            )
        );
    }

    /// <summary>Looks a definition up; null where there is none.</summary>
    public IndexEntry? Find(DocumentName document) =>
        (byName ??= Entries.ToDictionary(e => e.Document)).TryGetValue(document, out var entry) ? entry : null;

    /// <summary>What a reference names; null where that is nothing, or could be several.</summary>
    public IndexEntry? Find(BoundReference reference) =>
        reference.Name.Length > 0 ? Find(new DocumentName(reference.Kind, reference.Name))
        : Candidates(reference) is [var only] ? only
        : null;

    /// <summary>What a reference without a name could mean; what is broken may be of anything.</summary>
    public IReadOnlyList<IndexEntry> Candidates(BoundReference reference) =>
        reference.Of is not { } of
            ? []
            : [.. Entries.Where(e => e.Kind.Word == reference.Kind && (e.Base is null || e.Base == new DocumentName(of.Kind, of.Name)))];

    /// <summary>The names of a kind.</summary>
    public IEnumerable<string> Names(string kind) => Entries.Where(e => e.Kind.Word == kind).Select(e => e.Name);

    /// <summary>
    /// The part that a document with these references sees: what they name or, where one names nothing, all that it could have named. Other
    /// files may come and go without this document being compiled again.
    /// </summary>
    public ProjectIndex For(IEnumerable<BoundReference> references) =>
        new(
            new EquatableArray<IndexEntry>(
                references
                    .SelectMany(r =>
                        r.Name.Length == 0 ? Candidates(r)
                        : Find(r) is { } entry ? [entry]
                        : Entries.Where(e => e.Kind.Word == r.Kind)
                    )
                    .Distinct()
            )
        );

    // The look-up table is no part of the value.
    public bool Equals(ProjectIndex? other) => other is not null && Entries.Equals(other.Entries);

    public override int GetHashCode() => Entries.GetHashCode();
}
