using static TorchSharp.torch;

namespace TaskDsl.Torch.Objectives.Losses;

/// <summary>
/// A loss that is a sum over rows of scores of the vocabulary, with its gradient: for <see cref="HeadLoss"/>, which has some rows at a
/// time.
/// </summary>
public abstract class VocabularyLoss
{
    /// <summary>The loss of some rows.</summary>
    /// <param name="scores"><c>[count, vocabulary]</c>, in the numbers of the product that made them; may be overwritten.</param>
    /// <param name="at">The first row.</param>
    /// <param name="graded">Whether the gradient is wanted.</param>
    /// <returns>The sum, a float64 scalar, and its gradient by the scores, of their shape; null where it is not wanted.</returns>
    public abstract (Tensor Sum, Tensor? Gradient) Of(Tensor scores, long at, bool graded);
}
