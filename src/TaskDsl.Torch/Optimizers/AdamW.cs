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

    private sealed class Run(AdamW options, FlatParameters parameters) : OptimizerRun
    {
        private readonly Tensor first = zeros_like(parameters.Values, requires_grad: false).DetachFromDisposeScope();
        private readonly Tensor second = zeros_like(parameters.Values, requires_grad: false).DetachFromDisposeScope();

        public override IReadOnlyDictionary<string, Tensor> State => new Dictionary<string, Tensor> { ["first_moment"] = first, ["second_moment"] = second };

        protected override double Update(double factor)
        {
            var rate = options.LearningRate * factor;
            using var scope = NewDisposeScope();
            foreach (var (start, length, scale) in parameters.Groups)
            {
                Ops.AdamWStep(Part(parameters.Values), Part(parameters.Gradients), Part(first), Part(second), Steps, new AdamWRates(rate * scale, options.Beta1, options.Beta2, options.Epsilon, options.WeightDecay));

                Tensor Part(Tensor whole) => whole.narrow(0, start, length);
            }

            return rate;
        }
    }
}
