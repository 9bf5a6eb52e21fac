using static TorchSharp.torch;

namespace TaskDsl.Torch.Native;

/// <content>Steps of optimizers in one pass, in place, over flat buffers or a single tensor.</content>
public static partial class Ops
{
    /// <summary>One AdamW step (arXiv 1711.05101).</summary>
    /// <param name="parameters">The weights, float32.</param>
    /// <param name="gradients">Their gradients, of the same shape.</param>
    /// <param name="first">The first moments, of the same shape; zero at the start.</param>
    /// <param name="second">The second moments, of the same shape; zero at the start.</param>
    /// <param name="step">The number of this step, from 1.</param>
    /// <param name="rates">Learning rate, decays, epsilon and weight decay.</param>
    public static void AdamWStep(Tensor parameters, Tensor gradients, Tensor first, Tensor second, long step, AdamWRates rates) =>
        Adam("aten::_fused_adamw_", parameters, gradients, first, second, step, rates);

    /// <summary>One Adam step (arXiv 1412.6980): weight decay is added to the gradient.</summary>
    /// <inheritdoc cref="AdamWStep"/>
    public static void AdamStep(Tensor parameters, Tensor gradients, Tensor first, Tensor second, long step, AdamWRates rates) =>
        Adam("aten::_fused_adam_", parameters, gradients, first, second, step, rates);

    /// <summary>One step of stochastic gradient descent.</summary>
    /// <param name="parameters">The weights, float32.</param>
    /// <param name="gradients">Their gradients, of the same shape.</param>
    /// <param name="momentum">The direction so far, of the same shape; zero at the start; null = no momentum.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="keep">The share of the direction that is kept.</param>
    /// <param name="nesterov">Whether the step looks ahead along the momentum.</param>
    /// <param name="decay">The share of each weight that is added to its gradient.</param>
    public static void SgdStep(Tensor parameters, Tensor gradients, Tensor? momentum, double rate, double keep, bool nesterov, double decay)
    {
        CheckStep("sgd", parameters, momentum is null ? [gradients] : [gradients, momentum]);
        TorchRuntime.Initialize();
        using var ungraded = no_grad();
        new OperatorCall(stackalloc ulong[16])
            .Add([parameters])
            .Add([gradients])
            .Add(momentum is null ? [] : [momentum])
            .Add(decay)
            .Add(momentum is null ? 0.0 : keep)
            .Add(rate)
            .Add(0.0) // dampening
            .Add(nesterov)
            .Add(false) // maximize
            .Add(false) // is_first_step: on a direction of zeros the first is like any other.
            .Add(null, optional: true) // grad_scale
            .Add(null, optional: true) // found_inf
            .Run("aten::_fused_sgd_");
    }

    /// <summary>One AdamW step whose moments are kept in bytes (arXiv 2110.02861).</summary>
    /// <param name="parameters">The weights, float32 <c>[size]</c>; the size is a multiple of <see cref="AdamW8BitKernel.Block"/>.</param>
    /// <param name="gradients">Their gradients, of the same shape.</param>
    /// <param name="moments">The moments; zero at the start.</param>
    /// <param name="step">The number of this step, from 1.</param>
    /// <param name="rates">Learning rate, decays, epsilon and weight decay.</param>
    internal static void AdamW8BitStep(Tensor parameters, Tensor gradients, ByteMoments moments, long step, AdamWRates rates)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        CheckStep("adamw_8bit", parameters, gradients);
        const int block = AdamW8BitKernel.Block;
        var size = parameters.numel();
        Check(
            parameters.dim() == 1
                && size % block == 0
                && moments.First.numel() == size
                && moments.Second.numel() == size
                && moments.FirstScale.numel() == size / block
                && moments.SecondScale.numel() == size / block,
            $"adamw_8bit: moments of {moments.First.numel()} numbers do not fit {size} weights in blocks of {block}."
        );
        TorchRuntime.Initialize();
        if (AdamW8BitKernel.Fits(parameters, gradients))
            AdamW8BitKernel.Step(parameters, gradients, moments, step, rates);
        else
            PlainOps.AdamW8BitStep(parameters, gradients, moments, step, rates);
    }

    internal static void CheckAdamW(Tensor parameters, Tensor gradients, Tensor first, Tensor second, long step)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        CheckStep("adam", parameters, gradients, first, second);
    }

    private static void Adam(string name, Tensor parameters, Tensor gradients, Tensor first, Tensor second, long step, AdamWRates rates)
    {
        CheckAdamW(parameters, gradients, first, second, step);
        TorchRuntime.Initialize();
        using var ungraded = no_grad();
        using var scope = NewDisposeScope();
        var steps = tensor((float)step, device: parameters.device); // A float32 as libtorch wants it: exact up to 2²⁴ steps.
        new OperatorCall(stackalloc ulong[16])
            .Add([parameters])
            .Add([gradients])
            .Add([first])
            .Add([second])
            .Add(ReadOnlySpan<Tensor>.Empty) // max_exp_avg_sqs
            .Add([steps])
            .Add(rates.LearningRate)
            .Add(rates.Beta1)
            .Add(rates.Beta2)
            .Add(rates.WeightDecay)
            .Add(rates.Epsilon)
            .Add(false) // amsgrad
            .Add(false) // maximize
            .Add(null, optional: true) // grad_scale
            .Add(null, optional: true) // found_inf
            .Run(name);
    }

    private static void CheckStep(string name, Tensor parameters, params ReadOnlySpan<Tensor> others)
    {
        foreach (var other in others)
            Check(
                other.dtype == parameters.dtype && other.shape.AsSpan().SequenceEqual(parameters.shape),
                $"{name}: {other.dtype} {Shape(other)} does not fit the parameters, {parameters.dtype} {Shape(parameters)}."
            );
    }
}
