using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Flow;

/// <summary>The names that a project declares, by kind: value-equal, so that an edit that renames nothing changes nothing elsewhere.</summary>
public sealed record ProjectIndex(EquatableArray<IndexEntry> Entries)
{
    private Dictionary<(string Kind, string Name), IndexEntry>? byName;

    /// <summary>What is declared, each name by the first that has it. A prompt is as whole as its task.</summary>
    public static ProjectIndex Of(IEnumerable<IndexEntry> declared)
    {
        var entries = NameClaims.Of(declared).Kept;
        var broken = new HashSet<string>(entries.Where(e => e is { Kind: "task", IsWhole: false }).Select(e => e.Name));
        return new ProjectIndex(
            new EquatableArray<IndexEntry>(
                entries
                    .Select(e => e.Task is { } task && broken.Contains(task) ? e with { IsWhole = false } : e)
                    .OrderBy(e => e.Kind, StringComparer.Ordinal)
                    .ThenBy(e => e.Name, StringComparer.Ordinal)
            )
        );
    }

    /// <summary>Looks a definition up; null where there is none.</summary>
    public IndexEntry? Find(string kind, string name) =>
        (byName ??= Entries.ToDictionary(e => (e.Kind, e.Name))).TryGetValue((kind, name), out var entry) ? entry : null;

    /// <summary>The names of a kind.</summary>
    public IEnumerable<string> Names(string kind) => Entries.Where(e => e.Kind == kind).Select(e => e.Name);

    /// <summary>
    /// The part that a document with these references sees: what they name or, where one names nothing, all that it could have named. Other
    /// files may come and go without this document being compiled again.
    /// </summary>
    public ProjectIndex For(IEnumerable<BoundReference> references) =>
        new(
            new EquatableArray<IndexEntry>(
                references.SelectMany(r => Find(r.Kind, r.Name) is { } entry ? [entry] : Entries.Where(e => e.Kind == r.Kind)).Distinct()
            )
        );

    // The look-up table is no part of the value.
    public bool Equals(ProjectIndex? other) => other is not null && Entries.Equals(other.Entries);

    public override int GetHashCode() => Entries.GetHashCode();
}

/// <summary>A declared definition.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Name">Its name.</param>
/// <param name="Path">The file that declares it.</param>
/// <param name="HintName">The generated file that holds it.</param>
/// <param name="IsWhole">Whether it compiles: what refers to one that does not is left without a second error.</param>
/// <param name="Task">The task that a prompt is for.</param>
public sealed record IndexEntry(string Kind, string Name, string Path, string HintName, bool IsWhole, string? Task)
{
    /// <summary>The generated class of a task or prompt, or the class that holds a definition of another kind.</summary>
    public string ClassName =>
        Kind switch
        {
            "task" => Emission.Names.Pascal(Name)!,
            "prompt" => Emission.Names.Pascal(Name)! + "Prompt",
            _ => Emission.Names.Plural(Kind),
        };

    /// <summary>The property that yields it.</summary>
    public string Member =>
        Kind switch
        {
            "task" => "Task",
            "prompt" => "Default",
            _ => Emission.Names.Pascal(Name)!,
        };

    /// <summary>Whether its class is its own, and not one that all of its kind share.</summary>
    public bool HasOwnClass => Kind is "task" or "prompt";

    /// <summary>The C# expression that yields it, behind the root namespace.</summary>
    public string Expression => $"{ClassName}.{Member}";
}
