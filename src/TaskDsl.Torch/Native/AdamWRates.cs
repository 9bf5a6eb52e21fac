namespace TaskDsl.Torch.Native;

/// <summary>The numbers of an Adam or AdamW step.</summary>
/// <param name="LearningRate">The learning rate of this step.</param>
/// <param name="Beta1">The decay of the first moment.</param>
/// <param name="Beta2">The decay of the second moment.</param>
/// <param name="Epsilon">Added to the denominator.</param>
/// <param name="WeightDecay">
/// The weight decay: the share that an AdamW step takes away at learning rate 1, or that an Adam step adds to the gradient.
/// </param>
public readonly record struct AdamWRates(
    double LearningRate,
    double Beta1 = 0.9,
    double Beta2 = 0.999,
    double Epsilon = 1e-8,
    double WeightDecay = 0.01
);
