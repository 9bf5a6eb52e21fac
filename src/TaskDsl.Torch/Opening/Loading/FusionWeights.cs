namespace TaskDsl.Torch.Opening.Loading;

/// <summary>How much of other models goes into a fusion.</summary>
public enum FusionWeights
{
    /// <summary>As much as <c>weight</c> says.</summary>
    Fixed,

    /// <summary>
    /// What moves the model as far as an expert's tuning has moved the expert: of 0, 0.1, … 2 for each token and each expert alone, the
    /// weight for which both KL divergences between the fusion and the model are nearest to those between expert and base.
    /// </summary>
    Kl,
}
