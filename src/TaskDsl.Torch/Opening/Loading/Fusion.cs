using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Heads;

namespace TaskDsl.Torch.Opening.Loading;

/// <summary>What is added to a model's scores while it writes: those of other models. This object owns these.</summary>
/// <param name="plus">The models that are added.</param>
/// <param name="minus">The model that is taken off; null = none.</param>
/// <param name="plan">How they are weighed.</param>
public sealed class Fusion(IReadOnlyList<LoadedModel> plus, LoadedModel? minus, FusionPlan plan) : IDisposable
{
    /// <summary>The models that are added.</summary>
    public IReadOnlyList<LoadedModel> Plus { get; } = plus;

    /// <summary>The model that is taken off; null = none.</summary>
    public LoadedModel? Minus { get; } = minus;

    /// <summary>How they are weighed.</summary>
    public FusionPlan Plan { get; } = plan;

    /// <summary>All of them.</summary>
    public IEnumerable<LoadedModel> Models => Minus is null ? Plus : Plus.Append(Minus);

    /// <summary>Refuses models whose scores do not belong to the same tokens.</summary>
    /// <param name="model">The model that the others are added to.</param>
    /// <param name="other">One of the others.</param>
    /// <param name="name">Its name, for the message.</param>
    /// <exception cref="ModelException">They cannot be fused.</exception>
    public static void Check(LoadedModel model, LoadedModel other, string name)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(other);
        foreach (var one in (ReadOnlySpan<LoadedModel>)[model, other])
            if (one.Model.Head is not LmHead)
                throw new ModelException($"fuse: a {one.Model.Config.ModelType} that answers by its head writes no tokens to be fused.");
        if (model.Model is Decoder != other.Model is Decoder)
            throw new ModelException(
                $"fuse: '{name}' is a {other.Model.Config.ModelType}, which does not read as a {model.Model.Config.ModelType} does; "
                    + "all must be decoders, or all encoder–decoders."
            );
        if (!model.Tokenizer.CutsLike(other.Tokenizer))
            throw new ModelException($"fuse: '{name}' has another vocabulary than the model; scores are added token by token.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var model in Models)
            model.Dispose();
    }
}
