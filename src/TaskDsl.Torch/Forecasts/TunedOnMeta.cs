using TaskDsl.Torch.Models;
using TaskDsl.Torch.Optimizers.Steps;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Tuning.Adapters;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Forecasts;

/// <summary>
/// A model on the meta device, without numbers, tuned, and what an optimizer keeps of it: the shapes that a forecast of memory is
/// computed from.
/// </summary>
internal sealed class TunedOnMeta : IDisposable
{
    private readonly LanguageModel model;
    private readonly FlatParameters flat;
    private readonly OptimizerRun optimizer;

    /// <summary>Makes it.</summary>
    /// <param name="recipe">Names the tuning method and the optimizer.</param>
    /// <param name="config">The model's shape, with the head that the run needs.</param>
    /// <param name="device">Where the run computes.</param>
    public TunedOnMeta(Recipe recipe, ModelConfig config, Device device)
    {
        model = LanguageModel.OnMeta(config.KeepFrozen(recipe.FrozenOn(device)));
        Tuned = recipe.Tuning.Start(model, recipe.Seed);
        flat = recipe.Optimizer.Flatten(Tuned);
        optimizer = recipe.Optimizer.Start(flat);
        var own = model.Parameters.Values.ToHashSet<object>(ReferenceEqualityComparer.Instance);
        var added = Tuned.Trained.Values.Where(t => !own.Contains(t)).Sum(t => t.numel());
        (Parameters, Bytes) = (model.WeightCount + added, model.WeightBytes + 4 * added);
    }

    /// <summary>The model.</summary>
    public TunedModel Tuned { get; }

    /// <summary>How many numbers it has, with those that the tuning method adds.</summary>
    public long Parameters { get; }

    /// <summary>The bytes that they take.</summary>
    public long Bytes { get; }

    /// <summary>How many of them are trained.</summary>
    public long Trained => flat.Count;

    /// <summary>The bytes of their gradients.</summary>
    public long Gradients => flat.Gradients.numel() * flat.Gradients.ElementSize;

    /// <summary>The bytes that the optimizer remembers between steps.</summary>
    public long OptimizerState => optimizer.State.Values.Sum(t => t.numel() * t.ElementSize);

    public void Dispose()
    {
        optimizer.Dispose();
        flat.Dispose();
        Tuned.Dispose();
        model.Dispose();
    }
}
