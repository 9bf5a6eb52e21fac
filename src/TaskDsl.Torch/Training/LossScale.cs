namespace TaskDsl.Torch.Training;

/// <summary>
/// What the losses of float16 are multiplied by, so that small gradients do not vanish in it (Micikevicius et al., arXiv 1710.03740): as
/// large as the gradients bear, found by trying, by the rules and numbers of PyTorch's <c>GradScaler</c>.
/// </summary>
public sealed record LossScale
{
    private const int GrowthInterval = 2000;

    /// <summary>The mean loss of a step is multiplied by this.</summary>
    public double Scale { get; init; } = 65536;

    /// <summary>Steps taken since it last changed.</summary>
    public int Unchanged { get; init; }

    /// <summary>Steps skipped so far, because gradients were not finite.</summary>
    public int Skipped { get; init; }

    /// <summary>
    /// The scale of the next step: doubled after 2,000 good ones, halved where gradients were not finite, and that step skipped.
    /// </summary>
    public LossScale After(bool finite) =>
        !finite ? this with { Scale = Scale / 2, Unchanged = 0, Skipped = Skipped + 1 }
        : Unchanged + 1 == GrowthInterval ? this with { Scale = Scale * 2, Unchanged = 0 }
        : this with { Unchanged = Unchanged + 1 };
}
