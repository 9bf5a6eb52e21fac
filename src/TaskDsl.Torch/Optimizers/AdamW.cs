using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Native;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Optimizers;

/// <summary>Adam with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101).</summary>
[Keyword("adamw")]
public sealed record AdamW : Optimizer
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

    /// <summary>The share of each weight that a step at learning rate 1 takes away.</summary>
    [Range(0.0, 1e3)]
    public double WeightDecay { get; init; } = 0.01;

    /// <inheritdoc/>
    public override OptimizerRun Start(FlatParameters parameters) => new Run(this, parameters);

    private sealed class Run(AdamW options, FlatParameters parameters) : ElementwiseRun(options.LearningRate, parameters, "first_moment", "second_moment")
    {
        protected override void Step(Tensor values, Tensor gradients, Tensor[] moments, double rate, bool decays) =>
            Ops.AdamWStep(values, gradients, moments[0], moments[1], Steps, new AdamWRates(rate, options.Beta1, options.Beta2, options.Epsilon, decays ? options.WeightDecay : 0));
    }
}
