using TaskDsl.Tasks;

namespace TaskDsl.Data;

/// <summary>Where a data set is built.</summary>
public sealed record DataOptions
{
    private readonly string? project;

    /// <summary>
    /// The folder that relative paths start from. Default: the project's whose YAML declares the task; the current folder where C# made it.
    /// </summary>
    public string ProjectDirectory
    {
        get => project ?? Environment.CurrentDirectory;
        init => project = value;
    }

    /// <summary>The folder that quarantined records are written to. Default: <see cref="ProjectDirectory"/>.</summary>
    public string? RejectsDirectory { get; init; }

    /// <summary>How many threads parse; the result does not depend on it. Default: one per core.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>These options with the folder of a task where they name none.</summary>
    internal DataOptions For(DslTask task) =>
        project is null && task.ProjectDirectory is { } folder ? this with { ProjectDirectory = folder } : this;
}
