using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Draws;
using TaskDsl.Torch.Models;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tuning.Adapters;

/// <summary>A method that trains virtual tokens and leaves the model alone.</summary>
public abstract record VirtualTokenTuning : TuningMethod
{
    /// <summary>How many virtual tokens.</summary>
    [Range(1, 4096)]
    public int VirtualTokens { get; init; } = 20;

    /// <inheritdoc/>
    public sealed override TunedModel Apply(LanguageModel model, int seed)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var ungraded = no_grad();
        using var scope = NewDisposeScope();
        return Make(model, seed);
    }

    /// <summary>Makes the adapter, in a scope without gradients.</summary>
    private protected abstract VirtualTokenAdapter Make(LanguageModel model, int seed);

    /// <summary>Normal numbers to begin with.</summary>
    private protected static Tensor Normal(long rows, long size, int seed, string name) =>
        tensor(new Draw(seed, Draw.Seed(name)).Normal(rows * size, 1), [rows, size]);
}
