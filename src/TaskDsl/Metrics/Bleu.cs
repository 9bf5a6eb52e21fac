using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
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
            var isChinese = text.Any(letter => letter is >= '\u3400' and <= '\u9fff' or >= '\uf900' and <= '\ufaff');
            string[] expected = Words(text, isChinese),
                answer = Words(Text(predicted ?? []), isChinese);
            (said, told) = (said + answer.Length, told + expected.Length);
            for (var n = 1; n <= Longest; n++)
            {
                all[n - 1] += Math.Max(0, answer.Length - n + 1);
                right[n - 1] += Matches(Runs(expected, n), Runs(answer, n));
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

    private static Dictionary<string, int> Runs(string[] words, int length)
    {
        var runs = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var at = 0; at + length <= words.Length; at++)
            CollectionsMarshal.GetValueRefOrAddDefault(runs, string.Join(' ', words, at, length), out _)++;
        return runs;
    }

    private static long Matches(Dictionary<string, int> gold, Dictionary<string, int> answer) =>
        answer.Sum(run => Math.Min(run.Value, gold.GetValueOrDefault(run.Key)));

    private static string[] Words(string text, bool isChinese)
    {
        if (isChinese)
        {
            text = string.Concat(text.Trim().Select(letter => IsChinese(letter) ? $" {letter} " : $"{letter}"));
        }
        else
        {
            text = text.TrimEnd().Replace("<skipped>", "", StringComparison.Ordinal).Replace("-\n", "", StringComparison.Ordinal);
            text = text.Replace('\n', ' ')
                .Replace("&quot;", "\"", StringComparison.Ordinal)
                .Replace("&amp;", "&", StringComparison.Ordinal);
            text = text.Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal);
            text = $" {text} ";
        }

        text = Signs.Replace(text, " $1 ");
        text = PointBehind.Replace(text, "$1 $2 ");
        text = PointBefore.Replace(text, " $1 $2");
        return DashBehind.Replace(text, "$1 $2 ").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    }

    // As zh has them, with all between the dashes and the arrows.
    private static bool IsChinese(char letter) =>
        letter
            is (> '\u2000' and <= '\u2a6d')
                or (>= '\u2e80' and <= '\u2fdf')
                or (>= '\u2ff0' and <= '\u303f')
                or (>= '\u3100' and <= '\u312f')
                or (>= '\u31a0' and <= '\u31ef')
                or (>= '\u3200' and <= '\u4db5')
                or (>= '\u4e00' and <= '\u9fbb')
                or (>= '\uf900' and <= '\ufa2d')
                or (>= '\ufa30' and <= '\ufa6a')
                or (>= '\ufa70' and <= '\ufad9')
                or (>= '\ufe10' and <= '\ufe1f')
                or (>= '\ufe30' and <= '\ufe4f')
                or (>= '\uff00' and <= '\uffef');

    private static readonly Regex Signs = new(@"([\{-\~\[-\` -\&\(-\+\:-\@\/])", RegexOptions.Compiled);

    private static readonly Regex PointBehind = new(@"([^0-9])([\.,])", RegexOptions.Compiled);

    private static readonly Regex PointBefore = new(@"([\.,])([^0-9])", RegexOptions.Compiled);

    private static readonly Regex DashBehind = new("([0-9])(-)", RegexOptions.Compiled);
}
