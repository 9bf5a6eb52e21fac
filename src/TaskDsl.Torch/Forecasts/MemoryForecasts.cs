using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Optimizers.Steps;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Tuning.Adapters;
using TorchSharp;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Forecasts;

/// <summary>
/// Forecasts of recipes for one model. Those that tune it alike share one on the meta device, which takes longer to make than all the rest.
/// </summary>
/// <param name="config">The model's shape, with the head that the run needs.</param>
/// <param name="largest">The largest batch that the run meets.</param>
/// <param name="inUse">The memory that this process has in use before there is a model, data included.</param>
/// <param name="data">The part of it that is data.</param>
/// <param name="answers">Whether answers are measured.</param>
/// <param name="device">Where the run computes; it need not be there. Default: the CPU.</param>
public sealed class MemoryForecasts(
    ModelConfig config,
    LargestBatch largest,
    long inUse,
    long data,
    bool answers,
    torch.Device? device = null
) : IDisposable
{
    private readonly DisposeScope scope = Begin();
    private readonly Dictionary<(TuningMethod, Optimizer, WeightFormat?, WeightType?), TunedOnMeta> models = [];

    /// <summary>The forecast of a recipe.</summary>
    public MemoryForecast Of(Recipe recipe)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        var place = device ?? CPU;
        var weights = (recipe.Model as StoredModel)?.Weights ?? config.Weights; // Of a remedy, other ones than the model was opened with.
        var like = (recipe.Tuning, recipe.Optimizer, weights, recipe.FrozenOn(place));
        if (!models.TryGetValue(like, out var onMeta))
            models.Add(like, onMeta = new TunedOnMeta(recipe, config.Keep(weights), place));
        return MemoryForecast.Of(recipe, onMeta, largest, inUse, data, answers, place);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var onMeta in models.Values)
            onMeta.Dispose();
        scope.Dispose();
    }

    private static DisposeScope Begin()
    {
        TorchRuntime.Initialize();
        return NewDisposeScope();
    }
}
