using static TorchSharp.torch;

namespace TaskDsl.Torch.Optimizers.Steps;

/// <summary>An optimizer that treats each number by itself: a step is one pass over each group of the flat buffers.</summary>
/// <param name="learningRate">The highest learning rate of the schedule.</param>
/// <param name="parameters">What is trained.</param>
/// <param name="moments">The names of what it remembers of each number, zero at the start.</param>
internal abstract class ElementwiseRun(double learningRate, FlatParameters parameters, params IReadOnlyList<string> moments) : OptimizerRun
{
    public override IReadOnlyDictionary<string, Tensor> State { get; } =
        moments.ToDictionary(name => name, _ => zeros_like(parameters.Values, requires_grad: false).DetachFromDisposeScope());

    protected override double Update(double factor)
    {
        var rate = learningRate * factor;
        using var scope = NewDisposeScope();
        using var ungraded = no_grad();
        foreach (var (start, length, group) in parameters.Groups)
        {
            Step(
                Part(parameters.Values),
                Part(parameters.Gradients),
                [.. moments.Select(name => Part(State[name]))],
                rate * group.LearningRate,
                group.Decays
            );

            Tensor Part(Tensor whole) => whole.narrow(0, start, length);
        }

        return rate;
    }

    /// <summary>Changes a part of the values in place.</summary>
    /// <param name="values">The part.</param>
    /// <param name="gradients">Its gradients.</param>
    /// <param name="moments">What is remembered of it, in the order of the names.</param>
    /// <param name="rate">Its learning rate.</param>
    /// <param name="decays">Whether weight decay acts on it.</param>
    protected abstract void Step(Tensor values, Tensor gradients, Tensor[] moments, double rate, bool decays);
}
