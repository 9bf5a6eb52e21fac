using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Native;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Optimizers;

/// <summary>Adam (Kingma and Ba, arXiv 1412.6980). Its weight decay is part of the gradient, and so is scaled like it: see <see cref="AdamW"/>.</summary>
[Keyword("adam")]
public sealed record Adam : Optimizer
{
    /// <summary>The highest learning rate of the schedule.</summary>
    [Range(0.0, 1e3)]
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>The decay of the first moment.</summary>
    [Range(0.0, 1.0)]
    public double Beta1 { get; init; } = 0.9;

    /// <summary>The decay of the second moment.</summary>
    [Range(0.0, 1.0)]
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the denominator.</summary>
    [Range(0.0, 1.0)]
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>The share of each weight that is added to its gradient.</summary>
    [Range(0.0, 1e3)]
    public double WeightDecay { get; init; }

    /// <inheritdoc/>
    public override OptimizerRun Start(FlatParameters parameters) => new Run(this, parameters);

    private sealed class Run(Adam options, FlatParameters parameters) : ElementwiseRun(options.LearningRate, parameters, "first_moment", "second_moment")
    {
        protected override void Step(Tensor values, Tensor gradients, Tensor[] moments, double rate, bool decays) =>
            Ops.AdamStep(values, gradients, moments[0], moments[1], Steps, new AdamWRates(rate, options.Beta1, options.Beta2, options.Epsilon, decays ? options.WeightDecay : 0));
    }
}
