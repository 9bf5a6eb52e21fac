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

    /// <summary>Whether a saved folder is a whole model; otherwise it is an adapter, of use only beside the model that it was tuned from.</summary>
    public abstract bool SavesWholeModel { get; }

    /// <summary>What the learning rate of a trained tensor is multiplied by.</summary>
    /// <param name="name">Its name in <see cref="Trained"/>.</param>
    public virtual double LearningRateFactor(string name) => 1;

    /// <summary>Writes what was tuned: a model in Hugging Face layout, or an adapter in PEFT's.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="baseModel">The name or path of the model that was tuned, to be written into an adapter.</param>
    public abstract void Save(string folder, string baseModel);

    /// <summary>Why <see cref="Merge"/> is not possible; null = it is.</summary>
    public virtual string? MergeObstacle => null;

    /// <summary>Folds what was added into the model's own weights, and takes it away: the model alone then does the same, up to rounding.</summary>
    /// <exception cref="NotSupportedException">What the method adds is no change of a linear map's weight. Nothing was changed.</exception>
    public virtual void Merge()
    {
        if (MergeObstacle is { } obstacle)
            throw new NotSupportedException(obstacle);
        using var ungraded = no_grad();
        foreach (var site in Model.Sites)
        {
            if (site.Update is not { } update)
                continue;
            using var scope = NewDisposeScope();
            var (matrix, bias) = update.Merged(site);
            site.Weight.copy_(site.IsTransposed ? matrix.t() : matrix);
            if (bias is not null)
                site.Bias!.copy_(bias);
            site.Update = null;
        }
    }

    /// <summary>Frees what the method added; the model stays.</summary>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
