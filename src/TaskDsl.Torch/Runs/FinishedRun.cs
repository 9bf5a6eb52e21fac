using TaskDsl.Prompts;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Recipes;

namespace TaskDsl.Torch.Runs;

/// <summary>A finished run of a recipe: the tuned model, and what it is worth against the one before.</summary>
public sealed class FinishedRun : IDisposable
{
    private readonly Recipe recipe;
    private readonly LoadedModel? model;

    internal FinishedRun(Recipe recipe, RunFolder folder, LoadedModel? model, IReadOnlyList<FinishedRun> parts, RunEvaluation evaluation)
    {
        (this.recipe, Folder, this.model, Parts) = (recipe, folder.Path, model, parts);
        (Before, After) = (evaluation.Before ?? EvaluationReport.Empty, evaluation.After ?? EvaluationReport.Empty);
    }

    /// <summary>The recipe's name; of a part, the task's.</summary>
    public string Name => recipe.Name;

    /// <summary>The run's folder.</summary>
    public string Folder { get; }

    /// <summary>The runs of the single tasks, where each got a model of its own; else empty.</summary>
    public IReadOnlyList<FinishedRun> Parts { get; }

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
        return Parts.FirstOrDefault(part => part.recipe.Tasks.Any(t => t.Prompt.Name == prompt.Name))?.Model ?? Model;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        model?.Dispose();
        foreach (var part in Parts)
            part.Dispose();
    }
}
