using TaskDsl.Torch.Runs;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>A step with what shapes it, and where its result lies or will lie.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Step">The step.</param>
/// <param name="Folder">The folder of its result.</param>
/// <param name="Shape">What shapes it.</param>
/// <param name="Why">Why it runs; null where its result is there.</param>
public sealed record PlannedStep(string Name, PipelineStep Step, string Folder, StepShape Shape, string? Why)
{
    internal const string RecordFile = "step.json";
    internal const string TableFile = "table.json";

    /// <summary>What it makes.</summary>
    public string Makes => Step.Verb.Makes.Kind;

    /// <summary>The steps whose results it is given.</summary>
    public IReadOnlyList<string> Needs => [.. Shape.Json.Select(part => part.Key).Where(key => key.StartsWith('$')).Select(key => key[1..])];

    /// <summary>What a finished step says of itself; null where it is not finished.</summary>
    public StepRecord? Record =>
        Path.Combine(Folder, RecordFile) is var file && File.Exists(file) ? RunFolder.Read<StepRecord>(file) : null;

    /// <summary>The table that it has made; null where it makes none, or has not yet.</summary>
    public StepTable? Table => Path.Combine(Folder, TableFile) is var file && File.Exists(file) ? RunFolder.Read<StepTable>(file) : null;
}
