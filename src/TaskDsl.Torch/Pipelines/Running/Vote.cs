using System.ComponentModel.DataAnnotations;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>
/// Makes one answer of several to the same record: the most frequent one (self-consistency, Wang et al., arXiv 2203.11171). Answers that
/// are no good have no vote, and count among all the same.
/// </summary>
public sealed record Vote
{
    /// <summary>The least share of all answers that the most frequent one needs; else the record is left out.</summary>
    [Range(0.0, 1.0)]
    public double Least { get; init; }

    /// <summary>What becomes of a record of which several answers are equally frequent.</summary>
    public Ties Ties { get; init; }

    /// <summary>The answer that wins, by its place among all; null, with the reason, where none does.</summary>
    /// <param name="answers">All answers, each as the text that it is written as; null is no good.</param>
    /// <param name="share">The winner's share of all answers.</param>
    /// <param name="why">Why none wins.</param>
    public int? Of(IReadOnlyList<string?> answers, out double share, out string? why)
    {
        ArgumentNullException.ThrowIfNull(answers);
        var votes = answers
            .Index()
            .Where(answer => answer.Item is not null)
            .GroupBy(answer => answer.Item!, StringComparer.Ordinal)
            .Select(same => (First: same.First().Index, Count: same.Count(), same.Key.Length))
            .OrderByDescending(vote => vote.Count)
            .ThenBy(vote => Ties == Ties.Shortest ? vote.Length : 0)
            .ThenBy(vote => vote.First)
            .ToList();
        share = votes.Count == 0 ? 0 : (double)votes[0].Count / answers.Count;
        why =
            votes.Count == 0 ? "no answer is good"
            : share < Least ? "too few answers agree"
            : Ties == Ties.Drop && votes.Count > 1 && votes[1].Count == votes[0].Count ? "several answers are equally frequent"
            : null;
        return why is null ? votes[0].First : null;
    }
}
