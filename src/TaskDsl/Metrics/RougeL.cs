using TaskDsl.Metrics.Counting;
using TaskDsl.Unicode;
using TaskDsl.Vocabulary;

namespace TaskDsl.Metrics;

/// <summary>
/// ROUGE-L (Lin, 2004): F1 of the longest common subsequence of words, averaged over answers; in English as rouge-score without its
/// stemmer.
/// </summary>
/// <remarks>
/// rouge-score knows ASCII only; here a word is a run of letters, marks and digits of any script, in Unicode's form NFKC and in lower case,
/// and each letter of a script without spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese) with its marks is one. Texts without any word
/// score 1 where they are the same, where rouge-score says 0.
/// </remarks>
[Keyword("rouge_l")]
[Measures("text", "string")]
public sealed record RougeL : Metric
{
    /// <inheritdoc/>
    public override bool IsMean => true;

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
            string[] a = [.. gold.SelectMany(item => TextWords.Of(item.Value))],
                b = [.. predicted.SelectMany(item => TextWords.Of(item.Value))];
            if (a.Length + b.Length > 0)
                sum += F1<string>(a, b);
            else if (predicted.SequenceEqual(gold))
                sum++;
        }

        return sum / answers.Length;
    }

    /// <summary>ROUGE-L of two texts, of which at least one has words.</summary>
    public static double F1<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b)
        where T : IEquatable<T> => 2.0 * LongestCommonSubsequence(a, b) / (a.Length + b.Length);

    private static int LongestCommonSubsequence<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b)
        where T : IEquatable<T>
    {
        var lengths = new int[b.Length + 1];
        foreach (var word in a)
        {
            var diagonal = 0;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = lengths[j];
                lengths[j] = word.Equals(b[j - 1]) ? diagonal + 1 : Math.Max(above, lengths[j - 1]);
                diagonal = above;
            }
        }

        return lengths[^1];
    }
}
