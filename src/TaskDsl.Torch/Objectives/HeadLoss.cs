using TaskDsl.Torch.Models;
using TaskDsl.Torch.Native;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Objectives;

/// <summary>
/// The weighted sum of cross-entropies of a vocabulary's head, computed over some rows at a time: the logits of all rows, by far the
/// largest tensor of a step, never exist. Gradients are computed on the way forward, where the logits are at hand.
/// </summary>
internal sealed class HeadLoss : GuardedFunction<HeadLoss>
{
    /// <summary>Logits at a time: enough rows for fast matrix products, and a few megabytes whatever the vocabulary.</summary>
    private const long Logits = 1 << 22;

    /// <summary>Computes the sum.</summary>
    /// <param name="hidden"><c>[rows, hidden]</c>.</param>
    /// <param name="head">The projection to the vocabulary.</param>
    /// <param name="targets">int64 <c>[rows]</c>.</param>
    /// <param name="weights">float32 <c>[rows]</c>: how much each row's term counts.</param>
    public static Tensor Sum(Tensor hidden, VocabularyHead head, Tensor targets, Tensor weights)
    {
        if (head.Scale != 1) hidden = hidden * head.Scale;
        return is_grad_enabled()
            ? apply(hidden, head.Weight, targets, weights, head.Bias!, head.Cap!)
            : Chunks(hidden, head.Weight, targets, weights, head.Bias, head.Cap, null, null, null);
    }

    /// <summary>Each row's cross-entropy, float64 <c>[rows]</c>, without gradients.</summary>
    public static double[] Terms(Tensor hidden, VocabularyHead head, Tensor targets)
    {
        using var ungraded = no_grad();
        using var scope = NewDisposeScope();
        var (rows, size) = (hidden.size(0), Math.Max(64, Logits / head.Weight.size(0)));
        var terms = new double[rows];
        for (long at = 0; at < rows; at += size)
        {
            using var inner = NewDisposeScope();
            var count = Math.Min(size, rows - at);
            var logits = head.Logits(hidden.narrow(0, at, count)).to(ScalarType.Float32);
            var term = logits.logsumexp(1) - logits.gather(1, targets.narrow(0, at, count).unsqueeze(1)).squeeze(1);
            term.to(ScalarType.Float64).cpu().data<double>().CopyTo(terms.AsSpan((int)at));
        }

        return terms;
    }

    /// <summary>The twin, in plain operations.</summary>
    public static Tensor PlainSum(Tensor hidden, VocabularyHead head, Tensor targets, Tensor weights) =>
        (nn.functional.cross_entropy(head.Logits(hidden).to(ScalarType.Float32), targets, reduction: nn.Reduction.None) * weights).sum();

    /// <inheritdoc/>
    protected override Tensor Compute(autograd.AutogradContext context, ReadOnlySpan<object?> inputs)
    {
        var (hidden, head, targets, weights) = ((Tensor)inputs[0]!, (Tensor)inputs[1]!, (Tensor)inputs[2]!, (Tensor)inputs[3]!);
        var bias = (Tensor?)inputs[4];
        Tensor?[] gradients = [Wanted(hidden), Wanted(head), bias is null ? null : Wanted(bias)];
        var sum = Chunks(hidden, head, targets, weights, bias, (double?)inputs[5], gradients[0], gradients[1], gradients[2]);
        context.save_data("wanted", gradients.Select(g => g is not null).ToArray());
        context.save_for_backward([.. gradients.OfType<Tensor>()]);
        return sum;

        static Tensor? Wanted(Tensor tensor) => tensor.requires_grad ? zeros(tensor.shape, ScalarType.Float32, tensor.device) : null;
    }

    /// <inheritdoc/>
    protected override Tensor?[] Differentiate(autograd.AutogradContext context, Tensor gradient)
    {
        var saved = new Queue<Tensor>(context.get_saved_variables());
        Tensor?[] gradients = [.. ((bool[])context.get_data("wanted")).Select(wanted => wanted ? saved.Dequeue() * gradient : null)];
        return [gradients[0], gradients[1], null, null, gradients[2], null];
    }

    private static Tensor Chunks(Tensor hidden, Tensor head, Tensor targets, Tensor weights, Tensor? bias, double? cap, Tensor? hiddenGradient, Tensor? headGradient, Tensor? biasGradient)
    {
        var (rows, size) = (hidden.size(0), Math.Max(64, Logits / head.size(0)));
        var sum = zeros([], ScalarType.Float64, hidden.device);
        for (long at = 0; at < rows; at += size)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(size, rows - at);
            var part = hidden.narrow(0, at, count);
            var target = targets.narrow(0, at, count).unsqueeze(1);
            var weight = weights.narrow(0, at, count).unsqueeze(1);
            var logits = part.mm(head.t()).to(ScalarType.Float32);
            if (bias is not null) logits = logits + bias;
            Tensor? bent = null;
            if (cap is { } limit)
            {
                bent = (logits / limit).tanh();
                logits = bent * limit;
            }

            var normaliser = logits.logsumexp(1, keepdim: true);
            sum.add_(((normaliser - logits.gather(1, target)) * weight).sum(ScalarType.Float64));
            if (hiddenGradient is null && headGradient is null && biasGradient is null) continue;
            // The gradient of the logits: the probabilities, less one at the target, times the weight.
            var gradient = logits.sub_(normaliser).exp_();
            gradient.scatter_add_(1, target, full(target.shape, -1f, device: hidden.device));
            gradient.mul_(weight);
            if (bent is not null) gradient = gradient * (1 - bent.square());
            hiddenGradient?.narrow(0, at, count).copy_(gradient.mm(head));
            headGradient?.add_(gradient.t().mm(part));
            biasGradient?.add_(gradient.sum([0L]));
        }

        return sum.to(ScalarType.Float32);
    }
}
