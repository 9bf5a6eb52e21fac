using TaskDsl.Torch.Models;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Objectives.Losses;

/// <summary>
/// The divergence from a teacher's probabilities at a temperature T, times T², besides the cross-entropy (arXiv 1503.02531).
/// </summary>
/// <param name="targets">int64 <c>[rows]</c>.</param>
/// <param name="weights">float32 <c>[rows]</c>: how much each row's term counts.</param>
/// <param name="hidden">The teacher's hidden states, <c>[rows, teacher hidden]</c>.</param>
/// <param name="head">The teacher's head.</param>
/// <param name="temperature">Divides both models' scores.</param>
/// <param name="share">The share of the divergence; the rest is the cross-entropy's.</param>
public sealed class Divergence(Tensor targets, Tensor weights, Tensor hidden, VocabularyHead head, double temperature, double share)
    : VocabularyLoss
{
    /// <inheritdoc/>
    public override (Tensor Sum, Tensor? Gradient) Of(Tensor scores, long at, bool graded)
    {
        ArgumentNullException.ThrowIfNull(scores);
        scores = scores.to(ScalarType.Float32);
        var target = targets.narrow(0, at, scores.size(0)).unsqueeze(1); // [count, 1]
        // [count, teacher's vocabulary]
        var teacher = head.Logits(hidden.narrow(0, at, scores.size(0))).to(ScalarType.Float32) / temperature;
        var common = Math.Min(teacher.size(1), scores.size(1)); // Tables may be padded to different lengths behind the vocabulary.
        var soft = teacher.log_softmax(1).narrow(1, 0, common); // [count, common]
        var own = (scores.narrow(1, 0, common) / temperature).log_softmax(1); // [count, common]
        var logs = scores.log_softmax(1); // [count, vocabulary]
        var weight = weights.narrow(0, at, scores.size(0)).unsqueeze(1); // [count, 1]
        var sum =
            (soft.exp() * (soft - own) * weight).sum(ScalarType.Float64) * (share * temperature * temperature)
            - (logs.gather(1, target) * weight).sum(ScalarType.Float64) * (1 - share);
        if (!graded)
            return (sum, null);
        var gradient = logs.exp_(); // In place: the sum has its value already.
        gradient.scatter_add_(1, target, full(target.shape, -1f, device: scores.device));
        gradient.mul_(1 - share);
        // T² times a divergence at temperature T has the gradient T · (own − soft); but the teacher's probabilities of the common tokens
        // need not sum up to 1.
        gradient.narrow(1, 0, common).add_((own.exp() * soft.exp().sum(1, keepdim: true) - soft.exp()) * (share * temperature));
        return (sum, gradient.mul_(weight));
    }
}
