using TaskDsl.Prompts;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Forecasts;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Training;

namespace TaskDsl.Torch.Runs;

/// <summary>A finished run of a recipe: the tuned model, and what it is worth against the one before.</summary>
public sealed class TrainingRun : IDisposable
{
    private readonly LoadedModel? model;

    internal TrainingRun(string name, RunFolder folder, LoadedModel? model, IReadOnlyList<TrainingRun> parts, RunEvaluation evaluation)
    {
        (Name, Folder, this.model, Parts) = (name, folder.Path, model, parts);
        (Before, After) = (evaluation.Before ?? EvaluationReport.Empty, evaluation.After ?? EvaluationReport.Empty);
    }

    /// <summary>The recipe's name; of a part, the prompt's.</summary>
    public string Name { get; }

    /// <summary>The run's folder.</summary>
    public string Folder { get; }

    /// <summary>The runs of the single tasks, where each got a model of its own; else empty.</summary>
    public IReadOnlyList<TrainingRun> Parts { get; }

    /// <summary>The model as it was at its lowest validation loss.</summary>
    /// <exception cref="InvalidOperationException">Each task has a model of its own: see <see cref="ModelFor"/>.</exception>
    public LoadedModel Model =>
        model
        ?? throw new InvalidOperationException(
            $"In the run '{Name}' each task has a model of its own. ModelFor(prompt) or Parts gives it."
        );

    /// <summary>What the model's answers were worth before tuning.</summary>
    public EvaluationReport Before { get; }

    /// <summary>What the tuned model's answers are worth.</summary>
    public EvaluationReport After { get; }

    /// <summary>The model that was tuned for a prompt.</summary>
    public LoadedModel ModelFor(Prompt prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return Parts.FirstOrDefault(part => part.Name == prompt.Name)?.Model ?? Model;
    }

    /// <summary>Runs a recipe: reads its data, measures the model, tunes it, measures it again. Everything is written to the run's folder.</summary>
    /// <exception cref="Data.DataException">The data does not fit.</exception>
    /// <exception cref="RunInterruptedException">The run was cancelled; it is saved.</exception>
    /// <exception cref="RunException">The run cannot start or go on.</exception>
    public static Task<TrainingRun> RunAsync(
        Recipe recipe,
        RunOptions? options = null,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(recipe);
        // One thread from beginning to end: TorchSharp's scopes and gradient mode belong to a thread.
        return Task.Factory.StartNew(
            () => new RunSession(recipe, options ?? new RunOptions(), progress).Run(cancellationToken),
            CancellationToken.None,
            TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
            TaskScheduler.Default
        );
    }

    /// <summary>Says what a run would take, without running it: its data is read and counted, its memory computed, some of its steps timed. Nothing is saved.</summary>
    /// <returns>One forecast; one for each task where each gets a model of its own.</returns>
    /// <exception cref="Data.DataException">The data does not fit.</exception>
    /// <exception cref="RunException">The run could not start.</exception>
    public static Task<IReadOnlyList<RunForecast>> PlanAsync(
        Recipe recipe,
        RunOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(recipe);
        return Task.Factory.StartNew(
            () => RunSession.Plan(recipe, options ?? new RunOptions(), cancellationToken),
            CancellationToken.None,
            TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
            TaskScheduler.Default
        );
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        model?.Dispose();
        foreach (var part in Parts)
            part.Dispose();
    }
}
