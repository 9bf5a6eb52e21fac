namespace TaskDsl.Tasks;

/// <summary>A field of a compiled task, for listings and help.</summary>
/// <param name="Name">The name in the YAML.</param>
/// <param name="Type">The type in the YAML's words.</param>
/// <param name="Summary">What it means.</param>
/// <param name="Labels">The keys of its labels or entity kinds; empty for other types.</param>
public sealed record FieldInfo(string Name, string Type, string Summary, IReadOnlyList<string> Labels)
{
    /// <summary>Of labels: how many a value has at least.</summary>
    public int AtLeast { get; init; }

    /// <summary>Whether it is one of the options that a record brings: its letters say nothing without them.</summary>
    public bool IsChoice => Type.TrimEnd('?') == "choice";
}
