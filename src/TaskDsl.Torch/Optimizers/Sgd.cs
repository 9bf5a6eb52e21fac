using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Optimizers.Steps;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Optimizers;

/// <summary>Stochastic gradient descent, with or without momentum (Polyak 1964; Nesterov's in the form of Sutskever et al. 2013).</summary>
/// <remarks>4 bytes of state a weight; none with <c>momentum: 0</c>.</remarks>
[Keyword("sgd")]
public sealed record Sgd : Optimizer
{
    /// <summary>The highest learning rate of the schedule.</summary>
    [Range(0.0, 1e3), AlsoCalled("lr")]
    public double LearningRate { get; init; } = 1e-2;

    /// <summary>The share of the last step's direction that is kept. 0 remembers nothing.</summary>
    [Range(0.0, 1.0)]
    public double Momentum { get; init; } = 0.9;

    /// <summary>Whether the step looks ahead along the momentum; needs momentum.</summary>
    public bool Nesterov { get; init; }

    /// <summary>The share of each weight that is added to its gradient.</summary>
    [Range(0.0, 1e3)]
    public double WeightDecay { get; init; }

    /// <inheritdoc/>
    public override OptimizerRun Start(FlatParameters parameters) =>
        Nesterov && Momentum == 0
            ? throw new MisfitException("sgd: nesterov looks ahead along the momentum, and momentum is 0.")
            : new Run(this, parameters);

    private sealed class Run(Sgd options, FlatParameters parameters)
        : ElementwiseRun(options.LearningRate, parameters, options.Momentum == 0 ? [] : ["momentum"])
    {
        protected override void Step(Tensor values, Tensor gradients, Tensor[] moments, double rate, bool decays) =>
            Ops.SgdStep(
                values,
                gradients,
                moments.FirstOrDefault(),
                rate,
                options.Momentum,
                options.Nesterov,
                decays ? options.WeightDecay : 0
            );
    }
}
