using TaskDsl.Metrics.Counting;
using TaskDsl.Vocabulary;

namespace TaskDsl.Metrics;

/// <summary>
/// How well the model's confidence tells its right answers from its wrong ones: the area under the ROC curve (AUROC; Hendrycks and Gimpel,
/// arXiv 1610.02136), which is the probability that it is surer of a right answer than of a wrong one, equal confidences counting half. 1 =
/// it is surer of every right answer than of any wrong one; 0.5 = its confidence says nothing.
/// </summary>
/// <remarks>
/// An answer is right where it equals gold in every item. Whether a confidence of 0.8 means 80 of 100 is another question, which the
/// report's calibration answers. Not a number where all answers are right, all are wrong, or none has a confidence, as ready ones.
/// </remarks>
[Keyword("confidence_auroc")]
public sealed record ConfidenceAuroc : Metric
{
    /// <inheritdoc/>
    public override double Score(ReadOnlySpan<Answer> answers)
    {
        var sure = new List<(double Confidence, bool IsRight)>(answers.Length);
        foreach (var answer in answers)
            if (answer.Confidence is >= 0 and var confidence)
                sure.Add((confidence, answer.IsRight));
        sure.Sort((one, other) => one.Confidence.CompareTo(other.Confidence));
        // Of how many pairs of a right and a wrong answer the right one is the surer: Mann and Whitney's U.
        var (pairs, right, wrong) = (0.0, 0L, 0L);
        for (int first = 0, end = 0; first < sure.Count; first = end)
        {
            var (equalRight, equalWrong) = (0L, 0L);
            for (; end < sure.Count && sure[end].Confidence == sure[first].Confidence; end++)
                _ = sure[end].IsRight ? equalRight++ : equalWrong++;
            pairs += equalRight * (wrong + equalWrong / 2.0);
            (right, wrong) = (right + equalRight, wrong + equalWrong);
        }

        return pairs / right / wrong; // 0 / 0 is not a number.
    }
}
