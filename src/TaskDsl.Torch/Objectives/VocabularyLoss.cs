using TaskDsl.Torch.Models;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Objectives;

/// <summary>A loss that is a sum over rows of scores of the vocabulary, with its gradient: for <see cref="HeadLoss"/>, which has some rows at a time.</summary>
internal abstract class VocabularyLoss
{
    /// <summary>The loss of some rows.</summary>
    /// <param name="scores"><c>[count, vocabulary]</c>, in the numbers of the product that made them; may be overwritten.</param>
    /// <param name="at">The first row.</param>
    /// <param name="graded">Whether the gradient is wanted.</param>
    /// <returns>The sum, a float64 scalar, and the gradient of the scores.</returns>
    public abstract (Tensor Sum, Tensor? Gradient) Of(Tensor scores, long at, bool graded);
}

/// <summary>The weighted cross-entropy.</summary>
/// <param name="targets">int64 <c>[rows]</c>.</param>
/// <param name="weights">float32 <c>[rows]</c>: how much each row's term counts.</param>
internal sealed class CrossEntropy(Tensor targets, Tensor weights) : VocabularyLoss
{
    public override (Tensor Sum, Tensor? Gradient) Of(Tensor scores, long at, bool graded)
    {
        var count = scores.size(0);
        return (
            Native.Ops.CrossEntropy(scores, targets.narrow(0, at, count), weights.narrow(0, at, count), graded),
            graded ? scores : null
        );
    }
}

/// <summary>The divergence from a teacher's probabilities at a temperature T, times T², besides the cross-entropy (arXiv 1503.02531).</summary>
/// <param name="targets">int64 <c>[rows]</c>.</param>
/// <param name="hidden">The teacher's hidden states, <c>[rows, teacher hidden]</c>.</param>
/// <param name="head">The teacher's head.</param>
/// <param name="temperature">Divides both models' scores.</param>
/// <param name="share">The share of the divergence; the rest is the cross-entropy's.</param>
internal sealed class Divergence(Tensor targets, Tensor hidden, VocabularyHead head, double temperature, double share) : VocabularyLoss
{
    public override (Tensor Sum, Tensor? Gradient) Of(Tensor scores, long at, bool graded)
    {
        scores = scores.to(ScalarType.Float32);
        var target = targets.narrow(0, at, scores.size(0)).unsqueeze(1);
        var teacher = head.Logits(hidden.narrow(0, at, scores.size(0))).to(ScalarType.Float32) / temperature;
        var rows = Math.Min(teacher.size(1), scores.size(1)); // Tables may be padded to different lengths behind the vocabulary.
        var soft = teacher.log_softmax(1).narrow(1, 0, rows);
        var own = (scores.narrow(1, 0, rows) / temperature).log_softmax(1);
        var logs = scores.log_softmax(1);
        var sum =
            (soft.exp() * (soft - own)).sum(ScalarType.Float64) * (share * temperature * temperature)
            - logs.gather(1, target).sum(ScalarType.Float64) * (1 - share);
        if (!graded)
            return (sum, null);
        var gradient = logs.exp_();
        gradient.scatter_add_(1, target, full(target.shape, -1f, device: scores.device));
        gradient.mul_(1 - share);
        // The teacher's probabilities of the common rows need not sum up to 1.
        gradient.narrow(1, 0, rows).add_((own.exp() * soft.exp().sum(1, keepdim: true) - soft.exp()) * (share * temperature));
        return (sum, gradient);
    }
}
