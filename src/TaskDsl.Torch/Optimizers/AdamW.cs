using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Optimizers.Steps;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Optimizers;

/// <summary>Adam with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101).</summary>
/// <remarks>8 bytes of state a weight.</remarks>
[Keyword("adamw")]
public sealed record AdamW : AdamFamily
{
    /// <summary>The share of each weight that a step at learning rate 1 takes away.</summary>
    [Range(0.0, 1e3)]
    public double WeightDecay { get; init; } = 0.01;

    /// <inheritdoc/>
    public override OptimizerRun Start(FlatParameters parameters) => new Run(this, parameters);

    private sealed class Run(AdamW options, FlatParameters parameters)
        : ElementwiseRun(options.LearningRate, parameters, "first_moment", "second_moment")
    {
        protected override void Step(Tensor values, Tensor gradients, Tensor[] moments, double rate, bool decays) =>
            Ops.AdamWStep(values, gradients, moments[0], moments[1], Steps, options.Rates(rate, decays ? options.WeightDecay : 0));
    }
}
