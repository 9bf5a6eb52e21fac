using TaskDsl.Data;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Recipes;

namespace TaskDsl.Torch.Runs;

/// <summary>Where a recipe runs.</summary>
public sealed record RunOptions
{
    private readonly string? project;

    /// <summary>
    /// The folder that the recipe's relative paths start from. Default: the project's whose YAML declares the recipe, or else its first
    /// task; the current folder where C# made both.
    /// </summary>
    public string ProjectDirectory
    {
        get => project ?? Environment.CurrentDirectory;
        init => project = value;
    }

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

    /// <summary>What tasks are trained on besides their own training parts, or in their place. Default: nothing.</summary>
    public IReadOnlyList<TaskExamples> Examples { get; init; } = [];

    /// <summary>
    /// Measurements that runs share: give one object to several runs, and a model that they all start from is measured once.
    /// </summary>
    public Measurements Measurements { get; init; } = new();

    /// <summary>
    /// Of a plan: the free memory, in bytes, of another machine that the run will have, or of its GPU where the recipe's device is one,
    /// which need not be in this one. Time is then not measured. Default: this machine's own.
    /// </summary>
    public long? PlannedMemory { get; init; }

    /// <summary>Whether the model is measured by its answers before and after. Default: true.</summary>
    public bool Evaluate { get; init; } = true;

    /// <summary>The examples of each task, where a run is one of several over parts of them. Default: the tasks' own.</summary>
    internal IReadOnlyDictionary<string, Dataset>? Data { get; init; }

    /// <summary>Whether it answers test examples before and after; the run of which it is a part may do that for all.</summary>
    internal bool MeasuresEnds => Data is null;

    /// <summary>These options with the folder of a recipe where they name none.</summary>
    internal RunOptions For(Recipe recipe) =>
        In(recipe.ProjectDirectory ?? (recipe.Tasks is [var first, ..] ? first.Task?.ProjectDirectory : null));

    /// <summary>
    /// These options for what a project's YAML declares: its folder, where they name none; and the same folder of runs, where it is another
    /// project's than the one that they were for.
    /// </summary>
    /// <param name="folder">The project's folder.</param>
    internal RunOptions In(string? folder) =>
        folder is null || folder == Declared ? this
        : Declared is null ? this with { ProjectDirectory = project ?? folder, Declared = folder }
        : this with { ProjectDirectory = folder, Declared = folder, RunsDirectory = Runs, TokensDirectory = Tokens };

    /// <summary>The folder that paths start from in what a project's YAML declares, be it another project's than the run.</summary>
    /// <param name="folder">That project's folder.</param>
    internal string FolderOf(string? folder) =>
        folder is not null && Declared is not null && folder != Declared ? folder : ProjectDirectory;

    /// <summary>The folder of the project whose YAML declares what runs: <see cref="ProjectDirectory"/> may stand for it.</summary>
    private string? Declared { get; init; }
}
