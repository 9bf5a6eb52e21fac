using static TorchSharp.torch;

namespace TaskDsl.Torch.Native;

/// <content>Steps of optimizers.</content>
public static partial class PlainOps
{
    /// <summary>Numbers that are decoded at a time where moments are kept in bytes.</summary>
    private const long AtOnce = 1 << 24;

    /// <inheritdoc cref="Ops.AdamWStep"/>
    public static void AdamWStep(Tensor parameters, Tensor gradients, Tensor first, Tensor second, long step, AdamWRates rates)
    {
        Ops.CheckAdamW(parameters, gradients, first, second, step);
        using var ungraded = no_grad();
        using var scope = NewDisposeScope();
        parameters.mul_(1 - rates.LearningRate * rates.WeightDecay);
        first.mul_(rates.Beta1).add_(gradients, alpha: 1 - rates.Beta1);
        second.mul_(rates.Beta2).addcmul_(gradients, gradients, 1 - rates.Beta2);
        // ε behind the corrected root: the algorithm of Adam's paper, and PyTorch. The paper's shorter form adds it before the correction.
        var denominator = second.sqrt() / Math.Sqrt(1 - Math.Pow(rates.Beta2, step)) + rates.Epsilon;
        parameters.addcdiv_(first, denominator, -rates.LearningRate / (1 - Math.Pow(rates.Beta1, step)));
    }

    /// <inheritdoc cref="Ops.AdamStep"/>
    public static void AdamStep(Tensor parameters, Tensor gradients, Tensor first, Tensor second, long step, AdamWRates rates)
    {
        using var ungraded = no_grad();
        using var scope = NewDisposeScope();
        AdamWStep(parameters, gradients + parameters * rates.WeightDecay, first, second, step, rates with { WeightDecay = 0 });
    }

    /// <inheritdoc cref="Ops.SgdStep"/>
    public static void SgdStep(Tensor parameters, Tensor gradients, Tensor? momentum, double rate, double keep, bool nesterov, double decay)
    {
        using var ungraded = no_grad();
        using var scope = NewDisposeScope();
        var direction = gradients + parameters * decay;
        if (momentum is not null)
        {
            momentum.mul_(keep).add_(direction);
            direction = nesterov ? direction + momentum * keep : momentum;
        }

        parameters.sub_(direction * rate);
    }

    /// <inheritdoc cref="Ops.AdamW8BitStep"/>
    internal static void AdamW8BitStep(Tensor parameters, Tensor gradients, ByteMoments moments, long step, AdamWRates rates)
    {
        using var ungraded = no_grad();
        for (long at = 0; at < parameters.numel(); at += AtOnce)
        {
            using var scope = NewDisposeScope();
            var blocks = Math.Min(AtOnce, parameters.numel() - at) / AdamW8BitKernel.Block;
            var (firstCodes, secondCodes) = (Part(moments.First), Part(moments.Second));
            var (firstScale, secondScale) = (Scales(moments.FirstScale), Scales(moments.SecondScale));
            var (first, second) = (
                DynamicCode.Signed.Decode(firstCodes, firstScale),
                DynamicCode.Unsigned.Decode(secondCodes, secondScale)
            );
            AdamWStep(Part(parameters), Part(gradients), first, second, step, rates);
            DynamicCode.Signed.Encode(first, firstCodes, firstScale);
            DynamicCode.Unsigned.Encode(second, secondCodes, secondScale);

            // [blocks, block], and [blocks]: views, which the step changes in place
            Tensor Part(Tensor whole) => whole.narrow(0, at, blocks * AdamW8BitKernel.Block).view(blocks, AdamW8BitKernel.Block);
            Tensor Scales(Tensor whole) => whole.narrow(0, at / AdamW8BitKernel.Block, blocks);
        }
    }
}
