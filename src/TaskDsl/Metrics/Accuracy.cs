using TaskDsl.Metrics.Counting;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl.Metrics;

/// <summary>
/// The share of right answers, as scikit-learn's <c>accuracy_score</c>: of several labels an answer is right where it has all of the
/// gold's and no other (subset accuracy); of a choice where it is one of those that are right.
/// </summary>
[Keyword("accuracy")]
[Measures("label", "labels", "choice", "int", "bool")]
public sealed record Accuracy : Metric
{
    /// <inheritdoc/>
    public override bool IsMean => true;

    /// <inheritdoc/>
    public override double Score(ReadOnlySpan<Answer> answers)
    {
        var right = 0;
        foreach (var (gold, predicted) in answers)
            if (predicted is not null && AreSame(gold, predicted))
                right++;
        return answers.IsEmpty ? double.NaN : (double)right / answers.Length;
    }

    // An output's labels come in one order; made by hand they may come in any.
    private static bool AreSame(IReadOnlyList<OutputItem> gold, IReadOnlyList<OutputItem> predicted)
    {
        if (gold.Count != predicted.Count)
            return false;
        for (var i = 0; i < gold.Count; i++)
            if (gold[i] != predicted[i] && !(gold.Contains(predicted[i]) && predicted.Contains(gold[i])))
                return false;
        return true;
    }
}
