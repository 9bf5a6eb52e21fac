using System.ComponentModel.DataAnnotations;
using TaskDsl.Metrics.Counting;
using TaskDsl.Vocabulary;

namespace TaskDsl.Metrics;

/// <summary>
/// How much of what people answer a ranked list finds until so many of its answers are wrong (ProtoQA's Max Incorrect; Boratko et al.,
/// arXiv 2005.00771): the counts of the clusters that they are matched to, over those of all; the mean over questions.
/// </summary>
/// <remarks>
/// As protoqa-evaluator's <c>general_eval(max_incorrect=k)</c> by exact match: an answer of no cluster is wrong, one that comes again is
/// not, and counts nothing. Gold is one item for each person's answer, <c>car | automobile</c> where several are one.
/// </remarks>
[Keyword("max_incorrect")]
[Measures("list<string>", "list<text>")]
public sealed record MaxIncorrect : Metric
{
    /// <summary>With how many wrong answers the list ends.</summary>
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
            var wrong = 0;
            string[] counted =
            [
                .. predicted.Select(item => item.Value).TakeWhile(answer => wrong < At && (!clusters.IsWrong(answer) || ++wrong < At)),
            ];
            var all = clusters.Greatest(int.MaxValue);
            sum +=
                all > 0 ? (double)clusters.Matched(counted) / all
                : predicted.Count == 0 ? 1
                : 0;
        }

        return answers.IsEmpty ? double.NaN : sum / answers.Length;
    }
}
