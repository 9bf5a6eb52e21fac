using TaskDsl.Metrics.Counting;

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
    /// <param name="drawn">Those that were drawn, each beside the given one; one that does not parse agrees with nothing.</param>
    /// <param name="verdicts">What was said of it: 1 correct, 0 incorrect, 0.5 unsure. None: agreement is all there is.</param>
    public double Of(IReadOnlyList<Answer> drawn, IReadOnlyList<double> verdicts)
    {
        var observed = drawn.Average(Agreement);
        return verdicts.Count == 0 ? observed : (Weight * observed) + ((1 - Weight) * verdicts.Average());
    }

    private double Agreement(Answer answer) =>
        answer.Predicted is not { } drawn
            ? 0
            : ((1 - Equality) * Alike.Score([answer])) + (answer.Gold.SequenceEqual(drawn) ? Equality : 0);
}
