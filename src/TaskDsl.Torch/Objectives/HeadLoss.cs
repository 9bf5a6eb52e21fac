using TaskDsl.Torch.Native;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Objectives;

/// <summary>
/// The weighted sum of cross-entropies of a linear head, computed over some rows at a time: the logits of all rows, by far the largest
/// tensor of a step, never exist. Gradients are computed on the way forward, where the logits are at hand.
/// </summary>
internal sealed class HeadLoss : GuardedFunction<HeadLoss>
{
    /// <summary>Logits at a time: enough rows for fast matrix products, and a few megabytes whatever the vocabulary.</summary>
    private const long Logits = 1 << 22;

    /// <summary>Computes the sum.</summary>
    /// <param name="hidden"><c>[rows, hidden]</c>.</param>
    /// <param name="head"><c>[vocabulary, hidden]</c>.</param>
    /// <param name="targets">int64 <c>[rows]</c>.</param>
    /// <param name="weights">float32 <c>[rows]</c>: how much each row's term counts.</param>
    public static Tensor Sum(Tensor hidden, Tensor head, Tensor targets, Tensor weights) =>
        is_grad_enabled() ? apply(hidden, head, targets, weights) : Chunks(hidden, head, targets, weights, null, null);

    /// <summary>The twin, in two plain operations.</summary>
    public static Tensor PlainSum(Tensor hidden, Tensor head, Tensor targets, Tensor weights) =>
        (nn.functional.cross_entropy(nn.functional.linear(hidden, head).to(ScalarType.Float32), targets, reduction: nn.Reduction.None) * weights).sum();

    /// <inheritdoc/>
    protected override Tensor Compute(autograd.AutogradContext context, ReadOnlySpan<object?> inputs)
    {
        var (hidden, head, targets, weights) = ((Tensor)inputs[0]!, (Tensor)inputs[1]!, (Tensor)inputs[2]!, (Tensor)inputs[3]!);
        var hiddenGradient = hidden.requires_grad ? empty(hidden.shape, ScalarType.Float32, hidden.device) : null;
        var headGradient = head.requires_grad ? zeros(head.shape, ScalarType.Float32, head.device) : null;
        var sum = Chunks(hidden, head, targets, weights, hiddenGradient, headGradient);
        context.save_data("hidden", hiddenGradient is not null);
        context.save_data("head", headGradient is not null);
        context.save_for_backward([.. new[] { hiddenGradient, headGradient }.OfType<Tensor>()]);
        return sum;
    }

    /// <inheritdoc/>
    protected override Tensor?[] Differentiate(autograd.AutogradContext context, Tensor gradient)
    {
        var saved = new Queue<Tensor>(context.get_saved_variables());
        return [(bool)context.get_data("hidden") ? saved.Dequeue() * gradient : null, (bool)context.get_data("head") ? saved.Dequeue() * gradient : null, null, null];
    }

    private static Tensor Chunks(Tensor hidden, Tensor head, Tensor targets, Tensor weights, Tensor? hiddenGradient, Tensor? headGradient)
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
            var normaliser = logits.logsumexp(1, keepdim: true);
            sum.add_(((normaliser - logits.gather(1, target)) * weight).sum(ScalarType.Float64));
            if (hiddenGradient is null && headGradient is null) continue;
            // The gradient of the logits: the probabilities, less one at the target, times the weight.
            var gradient = logits.sub_(normaliser).exp_();
            gradient.scatter_add_(1, target, full(target.shape, -1f, device: hidden.device));
            gradient.mul_(weight);
            hiddenGradient?.narrow(0, at, count).copy_(gradient.mm(head));
            headGradient?.add_(gradient.t().mm(part));
        }

        return sum.to(ScalarType.Float32);
    }
}
