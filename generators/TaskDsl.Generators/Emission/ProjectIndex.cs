namespace TaskDsl.Generators.Emission;

/// <summary>The names that a project declares, by kind: value-equal, so that an edit that renames nothing changes nothing elsewhere.</summary>
public sealed record ProjectIndex(EquatableArray<IndexEntry> Entries)
{
    /// <summary>Of several definitions that would be one thing in C#, the first keeps the name. A prompt is as whole as its task.</summary>
    public static ProjectIndex Of(IEnumerable<IndexEntry> declared)
    {
        var entries = declared.GroupBy(e => e.Expression).Select(same => same.OrderBy(e => e.HintName, StringComparer.Ordinal).First()).ToList();
        var broken = new HashSet<string>(entries.Where(e => e is { Kind: "task", IsWhole: false }).Select(e => e.Name));
        return new ProjectIndex(new EquatableArray<IndexEntry>(entries
            .Select(e => e.Task is { } task && broken.Contains(task) ? e with { IsWhole = false } : e)
            .OrderBy(e => e.Kind, StringComparer.Ordinal).ThenBy(e => e.Name, StringComparer.Ordinal)));
    }

    /// <summary>Looks a definition up; null where there is none.</summary>
    public IndexEntry? Find(string kind, string name) => Entries.FirstOrDefault(e => e.Kind == kind && e.Name == name);

    /// <summary>The names of a kind.</summary>
    public IEnumerable<string> Names(string kind) => Entries.Where(e => e.Kind == kind).Select(e => e.Name);
}

/// <summary>A declared definition.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Name">Its name.</param>
/// <param name="HintName">The generated file that holds it.</param>
/// <param name="IsWhole">Whether it compiles: what refers to one that does not is left without a second error.</param>
/// <param name="Task">The task that a prompt is for.</param>
public sealed record IndexEntry(string Kind, string Name, string HintName, bool IsWhole, string? Task)
{
    /// <summary>The generated class of a task or prompt, or the class that holds a definition of another kind.</summary>
    public string ClassName => Kind switch
    {
        "task" => Emission.Names.Pascal(Name)!,
        "prompt" => Emission.Names.Pascal(Name)! + "Prompt",
        _ => Emission.Names.Plural(Kind),
    };

    /// <summary>The C# expression that yields it, behind the root namespace.</summary>
    public string Expression => Kind switch
    {
        "task" => $"{ClassName}.Task",
        "prompt" => $"{ClassName}.Default",
        _ => $"{ClassName}.{Emission.Names.Pascal(Name)}",
    };
}
