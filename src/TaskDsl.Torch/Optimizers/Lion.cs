using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Optimizers.Steps;
using TaskDsl.Vocabulary;
using TorchSharp;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Optimizers;

/// <summary>
/// Steps of one size in each direction, by the sign of a momentum (Chen et al., arXiv 2302.06675): half the memory of AdamW. Wants a
/// learning rate 3 to 10 times lower, and a weight decay as many times higher.
/// </summary>
/// <remarks>4 bytes of state a weight.</remarks>
[Keyword("lion")]
public sealed record Lion : Optimizer
{
    /// <summary>The highest learning rate of the schedule: the size of each step.</summary>
    [Range(0.0, 1e3), AlsoCalled("lr")]
    public double LearningRate { get; init; } = 1e-4;

    /// <summary>The share of the momentum in the direction of a step.</summary>
    [Range(0.0, 1.0)]
    public double Beta1 { get; init; } = 0.9;

    /// <summary>The decay of the momentum.</summary>
    [Range(0.0, 1.0)]
    public double Beta2 { get; init; } = 0.99;

    /// <summary>The share of each weight that a step at learning rate 1 takes away.</summary>
    [Range(0.0, 1e3)]
    public double WeightDecay { get; init; }

    /// <inheritdoc/>
    public override OptimizerRun Start(FlatParameters parameters) => new Run(this, parameters);

    private const long AtOnce = 1 << 17;

    private sealed class Run(Lion options, FlatParameters parameters) : ElementwiseRun(options.LearningRate, parameters, "momentum")
    {
        protected override void Step(Tensor values, Tensor gradients, Tensor[] moments, double rate, bool decays)
        {
            // Some at a time: what lies between stays in the processor's cache.
            var size = values.device_type == DeviceType.CPU ? AtOnce : values.numel();
            for (long at = 0; at < values.numel(); at += size)
            {
                using var scope = NewDisposeScope();
                var count = Math.Min(size, values.numel() - at);
                Step(
                    values.narrow(0, at, count),
                    gradients.narrow(0, at, count),
                    moments[0].narrow(0, at, count),
                    rate,
                    decays ? options.WeightDecay : 0
                );
            }
        }

        private void Step(Tensor values, Tensor gradients, Tensor momentum, double rate, double decay)
        {
            var direction = lerp(momentum, gradients, Number(1 - options.Beta1)).sign_();
            if (decay > 0)
                values.mul_(Number(1 - rate * decay));
            values.sub_(direction.mul_(Number(rate)));
            momentum.lerp_(gradients, Number(1 - options.Beta2)); // After the step, whose direction has mixed by β₁.

            // A tensor: TorchSharp wraps a plain number in a native object that only a finaliser frees.
            Tensor Number(double value) => tensor((float)value, device: values.device);
        }
    }
}
