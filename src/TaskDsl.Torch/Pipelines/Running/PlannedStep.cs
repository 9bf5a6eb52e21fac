using TaskDsl.Torch.Runs;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>A step with what shapes it, and where its result lies or will lie.</summary>
/// <param name="Name">Its name, of a round or cell <c>self.2.student</c> or <c>tuned[rank=8,seed=1]</c>.</param>
/// <param name="Step">The step.</param>
/// <param name="Folder">The folder of its result.</param>
/// <param name="Shape">What shapes it.</param>
/// <param name="Why">Why it runs; null where its result is there.</param>
public sealed record PlannedStep(string Name, PipelineStep Step, string Folder, StepShape Shape, string? Why)
{
    internal const string RecordFile = "step.json";
    internal const string TableFile = "table.json";
    internal const string ChosenFile = "chosen.json";

    /// <summary>What it makes.</summary>
    public string Makes => Step.Verb.Makes.Kind;

    /// <summary>As the pipeline names it, whatever its round and cell: <c>self.student</c>.</summary>
    public string Path { get; init; } = Name;

    /// <summary>The cells that it is of, as <c>rank=8,seed=1</c>; empty where nothing is swept.</summary>
    public string Cell { get; init; } = "";

    /// <summary>Whether it is of the last rounds, which its path means.</summary>
    public bool IsLast { get; init; } = true;

    /// <summary>The steps that it reads.</summary>
    public IReadOnlyList<string> Reads => [.. Needs.Values.Select(need => need.Step).Distinct()];

    /// <summary>What the names in it mean.</summary>
    internal IReadOnlyDictionary<string, Needed> Needs { get; init; } = new Dictionary<string, Needed>();

    /// <summary>What a finished step says of itself; null where it is not finished.</summary>
    public StepRecord? Record => Read<StepRecord>(RecordFile);

    /// <summary>The table that it has made; null where it makes none, or has not yet.</summary>
    public StepTable? Table => Read<StepTable>(TableFile);

    /// <summary>Which cell of a sweep it has chosen; null where it chooses none, or has not yet.</summary>
    public Chosen? Chosen => Read<Chosen>(ChosenFile);

    private T? Read<T>(string name)
        where T : class => System.IO.Path.Combine(Folder, name) is var file && File.Exists(file) ? RunFolder.Read<T>(file) : null;
}
