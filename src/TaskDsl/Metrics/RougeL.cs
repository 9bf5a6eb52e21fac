using System.Globalization;
using System.Text;
using TaskDsl.Metrics.Counting;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl.Metrics;

/// <summary>
/// ROUGE-L (Lin, 2004): F1 of the longest common subsequence of words, averaged over answers. Letters are folded to lower case; each
/// Chinese, Japanese or Korean character is a word.
/// </summary>
[Keyword("rouge_l")]
public sealed record RougeL : Metric
{
    /// <inheritdoc/>
    public override double Score(ReadOnlySpan<Answer> answers)
    {
        if (answers.IsEmpty)
            return double.NaN;
        var sum = 0.0;
        foreach (var (gold, predicted) in answers)
        {
            if (predicted is null)
                continue;
            List<string> a = Words(gold),
                b = Words(predicted);
            sum += a.Count + b.Count == 0 ? 1 : 2.0 * LongestCommonSubsequence(a, b) / (a.Count + b.Count);
        }

        return sum / answers.Length;
    }

    private static int LongestCommonSubsequence(List<string> a, List<string> b)
    {
        var lengths = new int[b.Count + 1];
        foreach (var word in a)
        {
            var diagonal = 0;
            for (var j = 1; j <= b.Count; j++)
            {
                var above = lengths[j];
                lengths[j] = word == b[j - 1] ? diagonal + 1 : Math.Max(above, lengths[j - 1]);
                diagonal = above;
            }
        }

        return lengths[^1];
    }

    private static List<string> Words(IReadOnlyList<OutputItem> items)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var item in items)
        {
            foreach (var rune in item.Value.EnumerateRunes())
            {
                var ideograph = Rune.GetUnicodeCategory(rune) == UnicodeCategory.OtherLetter;
                if (Rune.IsLetterOrDigit(rune) && !ideograph)
                {
                    word.Append(Rune.ToLowerInvariant(rune));
                    continue;
                }

                End();
                if (ideograph)
                    words.Add(rune.ToString());
            }

            End();
        }

        return words;

        void End()
        {
            if (word.Length > 0)
                words.Add(word.ToString());
            word.Clear();
        }
    }
}
