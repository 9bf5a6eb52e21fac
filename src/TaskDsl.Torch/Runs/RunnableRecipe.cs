using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Training;

namespace TaskDsl.Torch.Runs;

/// <summary>Recipes that run.</summary>
public static class RunnableRecipe
{
    /// <inheritdoc cref="TrainingRun.RunAsync"/>
    public static Task<TrainingRun> RunAsync(
        this Recipe recipe,
        RunOptions? options = null,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default
    ) => TrainingRun.RunAsync(recipe, options, progress, cancellationToken);
}
