using TaskDsl.Torch.Evaluation;

namespace TaskDsl.Torch.Runs;

/// <summary>Where a recipe runs.</summary>
public sealed record RunOptions
{
    /// <summary>The folder that the recipe's relative paths start from. Default: the current folder.</summary>
    public string ProjectDirectory { get; init; } = Environment.CurrentDirectory;

    /// <summary>The folder that gets one folder per run, named like the recipe. Default: <c>runs</c> in the project's folder.</summary>
    public string? RunsDirectory { get; init; }

    /// <summary>The folder of runs, in full.</summary>
    public string Runs => Path.GetFullPath(RunsDirectory ?? "runs", Path.GetFullPath(ProjectDirectory));

    /// <summary>
    /// The folder that keeps tokenised examples from run to run; it may be deleted at any time. Default: <c>.cache/tokens</c> in the folder
    /// of runs.
    /// </summary>
    public string? TokensDirectory { get; init; }

    /// <summary>The folder of tokenised examples, in full.</summary>
    public string Tokens => Path.GetFullPath(TokensDirectory ?? Path.Combine(Runs, ".cache", "tokens"), Path.GetFullPath(ProjectDirectory));

    /// <summary>
    /// Goes on with the run that was interrupted in the run's folder. Without it a run begins anew, and a folder of an earlier run is
    /// moved aside (<c>name.1</c>, <c>name.2</c>, …), never overwritten.
    /// </summary>
    public bool Resume { get; init; }

    /// <summary>
    /// Measurements that runs share: give one object to several runs, and a model that they all start from is measured once.
    /// </summary>
    public Measurements Measurements { get; init; } = new();

    /// <summary>Whether the model is measured by its answers before and after. Default: true.</summary>
    public bool Evaluate { get; init; } = true;
}
