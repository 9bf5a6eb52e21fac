using static TorchSharp.torch;

namespace TaskDsl.Torch.Objectives.Losses;

/// <summary>The weighted cross-entropy.</summary>
/// <param name="targets">int64 <c>[rows]</c>.</param>
/// <param name="weights">float32 <c>[rows]</c>: how much each row's term counts.</param>
public sealed class CrossEntropy(Tensor targets, Tensor weights) : VocabularyLoss
{
    /// <inheritdoc/>
    public override (Tensor Sum, Tensor? Gradient) Of(Tensor scores, long at, bool graded)
    {
        ArgumentNullException.ThrowIfNull(scores);
        var count = scores.size(0);
        return (
            Native.Ops.CrossEntropy(scores, targets.narrow(0, at, count), weights.narrow(0, at, count), graded),
            graded ? scores : null
        );
    }
}
