using System.ComponentModel.DataAnnotations;
using TaskDsl.Metrics.Counting;
using TaskDsl.Vocabulary;

namespace TaskDsl.Metrics;

/// <summary>
/// What the first answers of a ranked list are worth among those that people give (ProtoQA's Max Answers; Boratko et al., arXiv
/// 2005.00771): the counts of the clusters that they are matched to, over those of as many greatest clusters; the mean over questions.
/// </summary>
/// <remarks>
/// As protoqa-evaluator's <c>general_eval(max_pred_answers=k)</c> by exact match. Gold is one item for each person's answer, <c>car |
/// automobile</c> where several are one; each cluster counts once.
/// </remarks>
[Keyword("max_answers")]
[Measures("list<string>", "list<text>")]
public sealed record MaxAnswers : Metric
{
    /// <summary>How many answers count, from the first.</summary>
    [Shorthand, Range(1, 1000)]
    public int At { get; init; } = 1;

    /// <inheritdoc/>
    public override bool IsMean => true;

    /// <inheritdoc/>
    public override double Score(ReadOnlySpan<Answer> answers)
    {
        var sum = 0.0;
        foreach (var (gold, predicted) in answers)
        {
            if (predicted is null)
                continue;
            var clusters = new AnswerClusters(gold);
            var most = clusters.Greatest(At);
            // Where nobody has answered, no answer is right.
            sum +=
                most > 0 ? (double)clusters.Matched([.. predicted.Take(At).Select(item => item.Value)]) / most
                : predicted.Count == 0 ? 1
                : 0;
        }

        return answers.IsEmpty ? double.NaN : sum / answers.Length;
    }
}
