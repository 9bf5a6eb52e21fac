using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Native;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Optimizers.Steps;

/// <summary>What Adam and its variants share: two moments, and a step of the first over the root of the second.</summary>
public abstract record AdamFamily : Optimizer
{
    /// <summary>The highest learning rate of the schedule.</summary>
    [Range(0.0, 1e3), AlsoCalled("lr")]
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>The decay of the first moment.</summary>
    [Range(0.0, 0.9999999)]
    public double Beta1 { get; init; } = 0.9;

    /// <summary>The decay of the second moment.</summary>
    [Range(0.0, 0.9999999)]
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the denominator, which is 0 for a weight that had no gradient yet.</summary>
    [Range(1e-37, 1.0)]
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>The numbers of a step.</summary>
    internal AdamWRates Rates(double rate, double weightDecay) => new(rate, Beta1, Beta2, Epsilon, weightDecay);
}
