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
                    .SelectMany(r => Find(new(r.Kind, r.Name)) is { } entry ? [entry] : Entries.Where(e => e.Kind.Word == r.Kind))
                    .Distinct()
            )
        );

    // The look-up table is no part of the value.
    public bool Equals(ProjectIndex? other) => other is not null && Entries.Equals(other.Entries);

    public override int GetHashCode() => Entries.GetHashCode();
}
