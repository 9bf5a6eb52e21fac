using TaskDsl.Torch.Runs;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>How a pipeline runs.</summary>
public sealed record PipelineOptions
{
    /// <summary>The project's folder and the folder of runs. Default: the project's whose YAML declares the pipeline.</summary>
    public RunOptions Runs { get; init; } = new();

    /// <summary>The step that runs again, with all that depends on it, though its result is there. Default: none.</summary>
    public string? From { get; init; }
}
