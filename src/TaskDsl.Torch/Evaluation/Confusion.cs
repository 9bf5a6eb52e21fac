namespace TaskDsl.Torch.Evaluation;

/// <summary>Which label was answered where which was right.</summary>
/// <param name="Labels">The labels, the most frequent gold one first; then those that were only answered.</param>
/// <param name="Counts">How often: <c>Counts[gold][answered]</c>; behind the labels, one column for answers that are no label.</param>
public sealed record Confusion(IReadOnlyList<string> Labels, IReadOnlyList<IReadOnlyList<int>> Counts)
{
    /// <summary>Answers that are no label.</summary>
    public int Unparsed => Counts.Sum(row => row[^1]);

    /// <summary>The share of answers that would be right if each were the most frequent label.</summary>
    public double MostFrequent => (double)Counts[0].Sum() / Counts.Sum(row => row.Sum());

    /// <summary>The confusions, the most frequent first.</summary>
    public IEnumerable<(string Gold, string Answered, int Count, int OfGold)> Pairs =>
        from g in Enumerable.Range(0, Labels.Count)
        from a in Enumerable.Range(0, Labels.Count)
        where g != a && Counts[g][a] > 0
        orderby Counts[g][a] descending
        select (Labels[g], Labels[a], Counts[g][a], Counts[g].Sum());

    /// <summary>Of a label task's answers; null for any other task.</summary>
    public static Confusion? Of(IReadOnlyList<AnswerMark> answers)
    {
        if (answers.Count == 0 || answers.Any(a => a.Gold is null))
            return null;
        string[] labels =
        [
            .. answers
                .CountBy(a => a.Gold!)
                .OrderByDescending(g => g.Value)
                .ThenBy(g => g.Key, StringComparer.Ordinal)
                .Select(g => g.Key)
                .Concat(answers.Select(a => a.Answer).OfType<string>().Order(StringComparer.Ordinal))
                .Distinct(),
        ];
        var at = labels.Index().ToDictionary(l => l.Item, l => l.Index);
        int[][] counts = [.. labels.Select(_ => new int[labels.Length + 1])];
        foreach (var answer in answers)
            counts[at[answer.Gold!]][answer.Answer is { } given ? at[given] : labels.Length]++;
        return new Confusion(labels, counts);
    }
}
