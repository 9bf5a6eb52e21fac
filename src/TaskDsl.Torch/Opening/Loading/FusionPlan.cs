namespace TaskDsl.Torch.Opening.Loading;

/// <summary>How the models of a fusion are weighed.</summary>
public sealed record FusionPlan
{
    /// <summary>Where the weight comes from.</summary>
    public FusionWeights Weights { get; init; } = FusionWeights.Fixed;

    /// <summary>The weight, where it is fixed.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>The least share of the model's most probable token that a token needs to be written. Default: all tokens may be.</summary>
    public double? Plausible { get; init; }
}
