using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Forecasts;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Training;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Runs;

/// <summary>Recipes that run.</summary>
public static class RunnableRecipe
{
    /// <summary>
    /// Runs a recipe: reads its data, measures the model, tunes it, measures it again. Everything is written to the run's folder.
    /// </summary>
    /// <exception cref="WordException">A value in the recipe is not allowed; the message tells all such.</exception>
    /// <exception cref="Data.DataException">The data does not fit.</exception>
    /// <exception cref="RunInterruptedException">The run was cancelled; it is saved.</exception>
    /// <exception cref="RunException">The run cannot start or go on.</exception>
    public static Task<FinishedRun> RunAsync(
        this Recipe recipe,
        RunOptions? options = null,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(recipe);
        // One thread from beginning to end: TorchSharp's scopes and gradient mode belong to a thread.
        return Task.Factory.StartNew(
            () =>
                new RunProgram(
                    recipe,
                    (options ?? new RunOptions()).For(recipe) with
                    {
                        PlannedMemory = null,
                    }, // A run computes where it is.
                    value => progress?.Report(value),
                    cancellationToken
                ).Run(),
            CancellationToken.None,
            TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
            TaskScheduler.Default
        );
    }

    /// <summary>
    /// Says what a run would take, without running it: its data is read and counted, its memory computed, some of its steps timed. Nothing
    /// is saved.
    /// </summary>
    /// <returns>One forecast; one for each model where there are several (<c>one_model_per</c>).</returns>
    /// <exception cref="WordException">A value in the recipe is not allowed; the message tells all such.</exception>
    /// <exception cref="Data.DataException">The data does not fit.</exception>
    /// <exception cref="RunException">The run could not start.</exception>
    public static Task<IReadOnlyList<RunForecast>> PlanAsync(
        this Recipe recipe,
        RunOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(recipe);
        return Task.Factory.StartNew(
            () => Plan.Of(recipe, (options ?? new RunOptions()).For(recipe), cancellationToken),
            CancellationToken.None,
            TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
            TaskScheduler.Default
        );
    }
}
