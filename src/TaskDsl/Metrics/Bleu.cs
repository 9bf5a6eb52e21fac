using TaskDsl.Metrics.Counting;
using TaskDsl.Vocabulary;

namespace TaskDsl.Metrics;

/// <summary>
/// BLEU (Papineni et al. 2002): the geometric mean of the precisions over runs of 1 to 4 words, of all answers together, less where they
/// are altogether shorter than gold; as sacreBLEU's <c>corpus_score</c> (arXiv 1804.08771), in [0, 1].
/// </summary>
/// <remarks>
/// Words are those of its tokenizer <c>13a</c>, and where gold has Chinese letters those of <c>zh</c>. Capitals count. A precision of 0 is
/// smoothed as there (<c>exp</c>); runs that no answer is long enough for are left out (<c>effective_order</c>). An answer that is none has
/// no words, but gold's count.
/// </remarks>
[Keyword("bleu")]
[Measures("text", "string")]
public sealed record Bleu : Metric
{
    private const int Longest = 4;

    /// <inheritdoc/>
    public override double Score(ReadOnlySpan<Answer> answers)
    {
        if (answers.IsEmpty)
            return double.NaN;
        var (right, all) = (new long[Longest], new long[Longest]);
        var (said, told) = (0L, 0L);
        foreach (var (gold, predicted) in answers)
        {
            var text = Text(gold);
            var isChinese = WordRuns.IsChinese(text);
            string[] expected = WordRuns.Words(text, isChinese),
                answer = WordRuns.Words(Text(predicted ?? []), isChinese);
            (said, told) = (said + answer.Length, told + expected.Length);
            for (var n = 1; n <= Longest; n++)
            {
                all[n - 1] += Math.Max(0, answer.Length - n + 1);
                right[n - 1] += Matches(WordRuns.Of(expected, n), WordRuns.Of(answer, n));
            }
        }

        return Of(right, all, said, told);
    }

    /// <summary>The score of counts of runs that are right, of all runs, and of words.</summary>
    private static double Of(long[] right, long[] all, long said, long told)
    {
        if (right.All(count => count == 0))
            return 0;
        var (logarithms, halves, n) = (0.0, 1.0, 0);
        for (; n < Longest && all[n] > 0; n++)
            logarithms += Math.Log(right[n] > 0 ? (double)right[n] / all[n] : 1 / ((halves *= 2) * all[n]));
        return Math.Exp(logarithms / n + Math.Min(0, 1 - (double)told / said));
    }

    private static string Text(IReadOnlyList<Tasks.OutputItem> items) => string.Join('\n', items.Select(item => item.Value));

    private static long Matches(Dictionary<string, int> gold, Dictionary<string, int> answer) =>
        answer.Sum(run => Math.Min(run.Value, gold.GetValueOrDefault(run.Key)));
}
