using TaskDsl.Metrics.Counting;
using TaskDsl.Tasks;

namespace TaskDsl.Torch.Pipelines.Curating;

/// <summary>
/// How sure a model is that a given answer is right (BSDetector; arXiv 2308.16175): weight · O + (1 − weight) · S, where O is how far the
/// answers that are drawn of it agree with the given one, and S what it says of it when it is asked.
/// </summary>
/// <param name="Alike">How like two answers are, in [0, 1].</param>
/// <param name="Equality">What being equal weighs beside being alike.</param>
/// <param name="Weight">What agreement weighs beside reflection.</param>
public sealed record GivenConfidence(Metric Alike, double Equality, double Weight)
{
    /// <summary>The confidence, in [0, 1].</summary>
    /// <param name="example">The example.</param>
    /// <param name="given">The given answer's items.</param>
    /// <param name="drawn">The items of those that were drawn; null of one that does not parse, which agrees with nothing.</param>
    /// <param name="verdicts">What was said of it: 1 correct, 0 incorrect, 0.5 unsure. None: agreement is all there is.</param>
    public double Of(
        Example example,
        IReadOnlyList<OutputItem> given,
        IReadOnlyList<IReadOnlyList<OutputItem>?> drawn,
        IReadOnlyList<double> verdicts
    )
    {
        var observed = drawn.Average(answer => answer is null ? 0 : Agreement(example, given, answer));
        return verdicts.Count == 0 ? observed : (Weight * observed) + ((1 - Weight) * verdicts.Average());
    }

    private double Agreement(Example example, IReadOnlyList<OutputItem> given, IReadOnlyList<OutputItem> drawn) =>
        ((1 - Equality) * Alike.Score([new Answer(given, drawn) { Example = example }])) + (given.SequenceEqual(drawn) ? Equality : 0);
}
