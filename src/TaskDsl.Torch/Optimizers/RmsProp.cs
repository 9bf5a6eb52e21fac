using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Optimizers.Steps;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Optimizers;

/// <summary>
/// Each gradient over the root of a running mean of its squares (Tieleman and Hinton 2012, lecture 6.5 of Neural Networks for Machine
/// Learning), as PyTorch has it: ε behind the root, weight decay added to the gradient, no momentum. What DPO and SPIN were trained by.
/// </summary>
/// <remarks>4 bytes of state a weight.</remarks>
[Keyword("rmsprop")]
public sealed record RmsProp : Optimizer
{
    /// <summary>The highest learning rate of the schedule.</summary>
    [Range(0.0, 1e3), AlsoCalled("lr")]
    public double LearningRate { get; init; } = 1e-2;

    /// <summary>The share of the mean of squares that is kept at each step.</summary>
    [Range(0.0, 0.9999999), AlsoCalled("rho", "decay")]
    public double Alpha { get; init; } = 0.99;

    /// <summary>Added to the denominator, which is 0 for a weight that had no gradient yet.</summary>
    [Range(1e-37, 1.0)]
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>The share of each weight that is added to its gradient.</summary>
    [Range(0.0, 1e3)]
    public double WeightDecay { get; init; }

    /// <inheritdoc/>
    public override OptimizerRun Start(FlatParameters parameters) => new Run(this, parameters);

    private sealed class Run(RmsProp options, FlatParameters parameters)
        : ElementwiseRun(options.LearningRate, parameters, "square_average")
    {
        protected override void Step(Tensor values, Tensor gradients, Tensor[] moments, double rate, bool decays)
        {
            var slope = decays && options.WeightDecay > 0 ? gradients + values * Number(options.WeightDecay) : gradients;
            moments[0].lerp_(slope.square(), Number(1 - options.Alpha));
            values.sub_((slope / moments[0].sqrt().add_(Number(options.Epsilon))).mul_(Number(rate)));

            // A tensor: TorchSharp wraps a plain number in a native object that only a finaliser frees.
            Tensor Number(double value) => tensor((float)value, device: values.device);
        }
    }
}
