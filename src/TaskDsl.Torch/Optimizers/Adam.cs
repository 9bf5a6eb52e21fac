using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Optimizers.Steps;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Optimizers;

/// <summary>
/// Adam (Kingma and Ba, arXiv 1412.6980). Its weight decay is part of the gradient, and so is scaled like it: see <see cref="AdamW"/>.
/// </summary>
/// <remarks>8 bytes of state a weight.</remarks>
[Keyword("adam")]
public sealed record Adam : AdamFamily
{
    /// <summary>The share of each weight that is added to its gradient.</summary>
    [Range(0.0, 1e3)]
    public double WeightDecay { get; init; }

    /// <inheritdoc/>
    public override OptimizerRun Start(FlatParameters parameters) => new Run(this, parameters);

    private sealed class Run(Adam options, FlatParameters parameters)
        : ElementwiseRun(options.LearningRate, parameters, "first_moment", "second_moment")
    {
        protected override void Step(Tensor values, Tensor gradients, Tensor[] moments, double rate, bool decays) =>
            Ops.AdamStep(values, gradients, moments[0], moments[1], Steps, options.Rates(rate, decays ? options.WeightDecay : 0));
    }
}
