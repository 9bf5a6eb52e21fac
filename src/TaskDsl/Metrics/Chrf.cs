using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;
using TaskDsl.Metrics.Counting;
using TaskDsl.Vocabulary;

namespace TaskDsl.Metrics;

/// <summary>
/// chrF (Popović 2015), and with <c>words: 2</c> chrF++ (2017): precision and recall over runs of 1 to 6 letters, of all answers together,
/// recall counting twice as much; as sacreBLEU's <c>corpus_chrf</c>, in [0, 1].
/// </summary>
/// <remarks>
/// White space is left out; a letter is a code point. Precision and recall are means over the lengths that both sides have; runs of a
/// length that a gold text does not have are not counted in its answer.
/// </remarks>
[Keyword("chrf")]
[Measures("text", "string")]
public sealed record Chrf : Metric
{
    private const string Punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

    /// <summary>The longest run of letters.</summary>
    [Range(1, 20)]
    public int Letters { get; init; } = 6;

    /// <summary>The longest run of words; 0 = none, 2 = chrF++. A mark at a word's end, or else its beginning, is a word.</summary>
    [Range(0, 20)]
    public int Words { get; init; }

    /// <summary>How many times as much recall counts as precision.</summary>
    [Range(0.0, 100.0)]
    public double Beta { get; init; } = 2;

    /// <inheritdoc/>
    public override double Score(ReadOnlySpan<Answer> answers)
    {
        if (answers.IsEmpty)
            return double.NaN;
        var sums = new (long Gold, long Predicted, long Both)[Letters + Words];
        foreach (var (gold, predicted) in answers)
        {
            var (told, said) = (Text(gold), Text(predicted ?? []));
            for (var n = 1; n <= Letters; n++)
                Count(ref sums[n - 1], Runs(Signs(told), n, ""), Runs(Signs(said), n, ""));
            for (var n = 1; n <= Words; n++)
                Count(ref sums[Letters + n - 1], Runs(WordsOf(told), n, " "), Runs(WordsOf(said), n, " "));
        }

        var full = sums.Where(sum => sum is { Gold: > 0, Predicted: > 0 }).ToList();
        if (full.Count == 0)
            return 0;
        double precision = full.Average(sum => (double)sum.Both / sum.Predicted),
            recall = full.Average(sum => (double)sum.Both / sum.Gold),
            factor = Beta * Beta;
        return precision + recall == 0 ? 0 : (1 + factor) * precision * recall / (factor * precision + recall);
    }

    private static string Text(IReadOnlyList<Tasks.OutputItem> items) => string.Join('\n', items.Select(item => item.Value));

    private static string[] Signs(string text) =>
        [.. string.Concat(text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).EnumerateRunes().Select(rune => $"{rune}")];

    private static string[] WordsOf(string text) =>
        [
            .. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
                .SelectMany(word =>
                    word.Length == 1 ? [word]
                    : Punctuation.Contains(word[^1]) ? [word[..^1], word[^1..]]
                    : Punctuation.Contains(word[0]) ? [word[..1], word[1..]]
                    : (string[])[word]
                ),
        ];

    private static Dictionary<string, int> Runs(string[] pieces, int length, string between)
    {
        var runs = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i + length <= pieces.Length; i++)
            CollectionsMarshal.GetValueRefOrAddDefault(runs, string.Join(between, pieces, i, length), out _)++;
        return runs;
    }

    private static void Count(
        ref (long Gold, long Predicted, long Both) sum,
        Dictionary<string, int> gold,
        Dictionary<string, int> predicted
    )
    {
        sum.Gold += gold.Values.Sum(count => (long)count);
        // What the gold text is too short for is not held against the answer.
        sum.Predicted += gold.Count == 0 ? 0 : predicted.Values.Sum(count => (long)count);
        sum.Both += predicted.Sum(run => (long)Math.Min(run.Value, gold.GetValueOrDefault(run.Key)));
    }
}
