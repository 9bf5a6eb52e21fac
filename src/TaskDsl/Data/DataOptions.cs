namespace TaskDsl.Data;

/// <summary>Where a data set is built.</summary>
public sealed record DataOptions
{
    /// <summary>The folder that relative paths start from. Default: the current folder.</summary>
    public string ProjectDirectory { get; init; } = Environment.CurrentDirectory;

    /// <summary>The folder that quarantined records are written to. Default: <see cref="ProjectDirectory"/>.</summary>
    public string? RejectsDirectory { get; init; }

    /// <summary>How many threads parse; the result does not depend on it. Default: one per core.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;
}
