using TaskDsl.Metrics.Counting;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl.Metrics;

/// <summary>
/// SARI (Xu et al. 2016): how well an answer keeps, deletes and adds runs of 1 to 4 words of a text of its input, as gold does; the mean of
/// F of what is kept, F of what is added and the precision of what is deleted, over run lengths and answers, in [0, 1].
/// </summary>
/// <remarks>
/// As Hugging Face's <c>evaluate</c> has it, whose numbers are a hundred times as large: 0/0 is 1, so that an answer like gold gets 1, and
/// recall of what is kept counts each run as often as it stands there (the authors' SARI.py differs in both). Capitals do not count. An
/// answer that is none has no words.
/// </remarks>
[Keyword("sari")]
[Measures("text", "string")]
public sealed record Sari : Metric
{
    private const int Longest = 4;

    /// <summary>The text that is simplified or corrected.</summary>
    [Shorthand]
    public required TextExpression Of { get; init; }

    /// <inheritdoc/>
    public override double Score(ReadOnlySpan<Answer> answers)
    {
        if (answers.IsEmpty)
            return double.NaN;
        var sum = 0.0;
        foreach (var answer in answers)
        {
            var example = answer.Example ?? throw new InvalidOperationException("sari: an answer comes without the example it is of.");
            var (gold, source) = (Text(answer.Gold), Of.Of(example) ?? "");
            var isChinese = WordRuns.IsChinese(gold);
            string[] before = Words(source),
                wanted = Words(gold),
                after = Words(Text(answer.Predicted ?? []));
            sum += Enumerable.Range(1, Longest).Average(n => Score(WordRuns.Of(before, n), WordRuns.Of(after, n), WordRuns.Of(wanted, n)));

            string[] Words(string text) => WordRuns.Words(text.ToLowerInvariant(), isChinese);
        }

        return sum / answers.Length;
    }

    private static double Score(Dictionary<string, int> before, Dictionary<string, int> after, Dictionary<string, int> wanted)
    {
        var kept = Least(before, after);
        var toKeep = Least(before, wanted);
        var wellKept = Least(kept, wanted);
        var keep = F(
            kept.Count == 0 ? 1 : wellKept.Sum(run => (double)run.Value / kept[run.Key]) / kept.Count,
            toKeep.Count == 0 ? 1 : (double)wellKept.Values.Sum() / toKeep.Values.Sum()
        );

        var deleted = Less(before, after);
        var delete = deleted.Count == 0 ? 1 : Less(deleted, wanted).Sum(run => (double)run.Value / deleted[run.Key]) / deleted.Count;

        var added = after.Keys.Except(before.Keys).ToList();
        var toAdd = wanted.Keys.Except(before.Keys).ToList();
        var wellAdded = (double)added.Intersect(wanted.Keys).Count();
        var add = F(added.Count == 0 ? 1 : wellAdded / added.Count, toAdd.Count == 0 ? 1 : wellAdded / toAdd.Count);
        return (keep + delete + add) / 3;
    }

    private static double F(double precision, double recall) => precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0;

    private static Dictionary<string, int> Least(Dictionary<string, int> some, Dictionary<string, int> others) =>
        some.Where(run => others.ContainsKey(run.Key)).ToDictionary(run => run.Key, run => Math.Min(run.Value, others[run.Key]));

    private static Dictionary<string, int> Less(Dictionary<string, int> some, Dictionary<string, int> others) =>
        some.Select(run => (run.Key, Left: run.Value - others.GetValueOrDefault(run.Key)))
            .Where(run => run.Left > 0)
            .ToDictionary(run => run.Key, run => run.Left);

    private static string Text(IReadOnlyList<OutputItem> items) => items is [var only, ..] ? only.Value : "";
}
