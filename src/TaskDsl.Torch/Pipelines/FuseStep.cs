using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines;

/// <summary>
/// A model made of other models' scores: while it writes, to the log-probabilities of each next token is added, times a weight, the
/// difference of each model in <c>plus</c> from the one in <c>minus</c> (proxy tuning, Liu et al., arXiv 2401.08565; with weights that are
/// solved for, Fan et al., arXiv 2406.15480); where <c>plus</c> is empty, <c>minus</c> is taken off (contrastive decoding, Li et al., arXiv
/// 2210.15097). It holds no weights of its own, and stands wherever a model answers.
/// </summary>
/// <remarks>
/// All must have the same vocabulary. What a grammar permits is asked of the sum, not of each. To be trained, fused again or looked into
/// (<c>likelihood</c>, <c>perplexity</c>, <c>vectors</c>) a fusion is refused.
/// </remarks>
[Keyword("fuse"), Makes("model")]
[AnyOf("it would be the model as it is; name models in plus, or one in minus", nameof(Plus), nameof(Minus))]
public sealed record FuseStep : Step, IValidatableObject
{
    /// <summary>The model that the others are added to: a step's or a folder. How questions are put to it holds for all.</summary>
    [StepResult("model"), FilePath]
    public required string Model { get; init; }

    /// <summary>The models that are added, each as its difference from <c>minus</c> where there is one.</summary>
    [StepResult("model"), FilePath, Length(0, 100)]
    public IReadOnlyList<string> Plus { get; init; } = [];

    /// <summary>The model that is taken off: what those in <c>plus</c> were tuned from. Default: none.</summary>
    [StepResult("model"), FilePath]
    public string? Minus { get; init; }

    /// <summary>Where the weight comes from.</summary>
    public FusionWeights Weights { get; init; } = FusionWeights.Fixed;

    /// <summary>The weight, the same for all that is added or taken off, where it is fixed. Default: 1.</summary>
    [Range(0.0, 1e3)]
    public double? Weight { get; init; }

    /// <summary>
    /// How probable <c>model</c> must hold a token for it to be written, as a share of its most probable token: <c>0.1</c> with Li et al.
    /// Where a grammar permits no such token, the model's own probabilities decide. Default: any token may be.
    /// </summary>
    [Range(1e-9, 1.0)]
    public double? Plausible { get; init; }

    private IEnumerable<string> Models => [Model, .. Plus, .. Minus is null ? (string[])[] : [Minus]];

    /// <inheritdoc/>
    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (Plus.Count == 0 && Minus is null)
            yield return new("it would be the model as it is; name models in plus, or one in minus.", ["plus"]);
        else if (Weights == FusionWeights.Kl && (Plus.Count == 0 || Minus is null))
            yield return new("kl measures how far tuning has moved an expert; name experts in plus, and their base in minus.", ["weights"]);
        if (Weights == FusionWeights.Kl && Weight is not null)
            yield return new("with weights: kl it is solved for; leave one of the two out.", ["weight"]);
    }

    /// <inheritdoc/>
    public override void Shape(StepShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        foreach (var model in Models)
            shape.AddModel(model);
    }

    /// <inheritdoc/>
    public override void Run(StepContext step)
    {
        ArgumentNullException.ThrowIfNull(step);
        var plan = new FusionPlan { Weights = Weights, Plausible = Plausible };
        step.Write(
            new FusionFolder
            {
                Model = step.Model(Model),
                Plus = [.. Plus.Select(model => step.Model(model))],
                Minus = Minus is null ? null : step.Model(Minus),
                Plan = Weight is { } weight ? plan with { Weight = weight } : plan,
            }
        );
    }
}
