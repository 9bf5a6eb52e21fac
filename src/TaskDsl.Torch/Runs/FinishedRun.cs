using TaskDsl.Prompts;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Groupings;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Recipes;

namespace TaskDsl.Torch.Runs;

/// <summary>A finished run of a recipe: the tuned model, and what it is worth against the one before.</summary>
public sealed class FinishedRun : IDisposable
{
    private readonly Recipe recipe;
    private LoadedModel? model;

    internal FinishedRun(Recipe recipe, RunFolder folder, LoadedModel? model, IReadOnlyList<FinishedRun> parts, RunEvaluation evaluation)
    {
        (this.recipe, Folder, this.model, Parts) = (recipe, folder.Path, model, parts);
        (Before, After) = (evaluation.Before ?? EvaluationReport.Empty, evaluation.After ?? EvaluationReport.Empty);
    }

    /// <summary>The recipe's name; of a part, its model's: a task's, a group's or a value's.</summary>
    public string Name => recipe.Name;

    /// <summary>The run's folder.</summary>
    public string Folder { get; }

    /// <summary>The runs of the single models, where there are several (<c>one_model_per</c>); else empty.</summary>
    public IReadOnlyList<FinishedRun> Parts { get; }

    /// <summary>The model as it was at its lowest validation loss.</summary>
    /// <exception cref="InvalidOperationException">There are several: see <see cref="ModelFor"/>.</exception>
    public LoadedModel Model =>
        model ??=
            recipe.OneModelPer is null || Parts.Count == 0
                ? RunModel.Open(new RunFolder(Folder).Best, Native.TorchRuntime.Device(recipe.Device))
                : throw new InvalidOperationException($"The run '{Name}' has several models. ModelFor(prompt, input) or Parts gives one.");

    /// <summary>What the model's answers were worth before tuning.</summary>
    public EvaluationReport Before { get; }

    /// <summary>What the tuned model's answers are worth.</summary>
    public EvaluationReport After { get; }

    /// <summary>The model that was tuned for a prompt.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="input">What is asked, where each value of a field has a model of its own.</param>
    /// <exception cref="InvalidOperationException">There is none for it.</exception>
    public LoadedModel ModelFor(Prompt prompt, object? input = null)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        var parts = Parts.Where(part => part.recipe.Tasks.Any(t => t.Prompt.Name == prompt.Name));
        if (recipe.OneModelPer is ValuesOf values)
        {
            var value = input is null ? null : values.ValueIn(prompt.Task, input);
            parts = value is null ? [] : parts.Where(part => part.Name == values.NameOf(value));
        }

        return parts.FirstOrDefault()?.Model ?? Model;
    }

    /// <summary>Frees the model; who asks for it again reads it from the run's folder.</summary>
    internal void Release()
    {
        model?.Dispose();
        model = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        model?.Dispose();
        foreach (var part in Parts)
            part.Dispose();
    }
}
