namespace TaskDsl.Architecture;

/// <summary>A folder of sources and the one thing that it holds.</summary>
/// <param name="Folder">The folder, relative to the project: <c>Tuning/Adapters</c>; empty = the project's own.</param>
/// <param name="Holds">What lies there, in one line.</param>
public sealed record Room(string Folder, string Holds)
{
    /// <summary>Whether it holds words of the YAML, one a file, and nothing else.</summary>
    public bool Words { get; init; }

    /// <summary>
    /// The base class of its words where they are words of another file than the YAML, as a family is one of config.json; null = they have
    /// a keyword.
    /// </summary>
    public string? Base { get; init; }

    /// <summary>Rooms of one district may know each other; it counts as one room. Default: the room alone.</summary>
    public string? District { get; init; }
}
