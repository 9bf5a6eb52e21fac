using TaskDsl.Torch.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tuning.Adapters;

/// <summary>A model that is being tuned.</summary>
/// <param name="model">The model.</param>
public abstract class TunedModel(LanguageModel model) : IDisposable
{
    /// <summary>The model.</summary>
    public LanguageModel Model { get; } = model;

    /// <summary>What is trained, by name.</summary>
    public abstract IReadOnlyDictionary<string, Parameter> Trained { get; }

    /// <summary>
    /// Whether a saved folder is a whole model; otherwise it is an adapter, of use only beside the model that it was tuned from.
    /// </summary>
    public abstract bool SavesWholeModel { get; }

    /// <summary>What the learning rate of a trained tensor is multiplied by.</summary>
    /// <param name="name">Its name in <see cref="Trained"/>.</param>
    public virtual double LearningRateFactor(string name) => 1;

    /// <summary>Writes what was tuned: a model in Hugging Face layout, or an adapter in PEFT's.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="baseModel">The name or path of the model that was tuned, to be written into an adapter.</param>
    public abstract void Save(string folder, string baseModel);

    /// <summary>
    /// Called before each step of a training run, for methods that move: masks drawn anew, ranks given elsewhere. Default: nothing.
    /// </summary>
    /// <param name="step">The step, from 0.</param>
    /// <param name="steps">All steps.</param>
    public virtual void BeforeStep(int step, int steps) { }

    /// <summary>Why <see cref="Merge"/> is not possible; null = it is.</summary>
    public string? MergeObstacle =>
        Model
            .LinearLayers.SelectMany(map => map.Updates)
            .Select(update => update.MergeObstacle)
            .FirstOrDefault(obstacle => obstacle is not null)
        ?? (
            Model.LinearLayers.Any(map => map.Updates.Count > 0 && Model.IsTied(map))
                ? "The embedding is the head too (tied): folding in what was added to the one would change the other. "
                    + "Use the adapter as it is."
                : null
        )
        ?? (
            Model.LinearLayers.Any(map => map.Updates.Count > 0 && map.Quantised is not null)
                ? "The model's weights are kept in few bits (model.pretrained.weights), into which nothing can be folded. Fold the adapter "
                    + "into plain weights first, by the verb merge, and take the folder that it writes."
                : null
        )
        ?? Model.Sublayers.SelectMany(part => part.Updates).Select(update => update.MergeObstacle).FirstOrDefault()
        ?? (
            (Model.SoftPrompt ?? Model.Prefix) is null
                ? null
                : "Virtual tokens change no weight: they cannot be folded into the model. Use the adapter as it is."
        );

    /// <summary>
    /// Folds all that was added to the model into its own weights, in the order in which it was, and takes it away: the model alone then
    /// does the same, up to rounding.
    /// </summary>
    /// <exception cref="MisfitException">
    /// Something that was added is no change of a linear map's weight. Nothing was changed.
    /// </exception>
    public void Merge()
    {
        if (MergeObstacle is { } obstacle)
            throw new MisfitException(obstacle);
        using var ungraded = no_grad();
        foreach (var map in Model.LinearLayers.Where(map => map.Updates.Count > 0))
        {
            using var scope = NewDisposeScope();
            var (matrix, bias) = map.Updated.Merged;
            Model.Widen($"{map.Name}.weight");
            map.Weight.copy_(map.IsTransposed ? matrix.t() : matrix);
            if (bias is not null)
                map.Bias!.copy_(bias);
            map.Updates.Clear();
        }

        Model.Replaced.Clear();
    }

    /// <summary>Frees what the method added; the model stays.</summary>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
