using System.Buffers;
using System.ComponentModel.DataAnnotations;
using System.Text;
using TaskDsl.Formats;
using TaskDsl.Tasks;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Unicode;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>
/// Makes one answer of several to the same record: the most frequent one (self-consistency, Wang et al., arXiv 2203.11171), or of lists
/// the list of all their items, the most frequent first (arXiv 2309.13165). Answers that are no good have no vote, and count among all the
/// same.
/// </summary>
public sealed record Vote
{
    // Before a noun they say nothing.
    private static readonly string[] Articles = ["a", "an", "the"];

    /// <summary>What is voted on: whole <c>answers</c>, or each of the <c>items</c> of lists by itself.</summary>
    public VoteOver Over { get; init; }

    /// <summary>
    /// The least share of all answers that the most frequent one needs; else the record is left out. Of items the share that each needs.
    /// </summary>
    [Range(0.0, 1.0)]
    public double Least { get; init; }

    /// <summary>
    /// What becomes of a record of which several answers are equally frequent. Of items that are, those come first that stand further in
    /// front in the mean.
    /// </summary>
    public Ties Ties { get; init; }

    /// <summary>Why a task's answers cannot be voted on so; null where they can.</summary>
    public string? Fault(DslTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return Over == VoteOver.Answers || task.Format is LinesFormat
            ? null
            : $"items are those of one list that is written a line each, and the task '{task.Name}' does not answer so.";
    }

    /// <summary>What is made of all answers to a question: its confidence is the share that the winner, or the first item, has.</summary>
    /// <param name="task">The task.</param>
    /// <param name="input">What was asked.</param>
    /// <param name="language">The language of the answers.</param>
    /// <param name="answers">The answers, at least one.</param>
    /// <returns>One without output where none wins; why, its error says.</returns>
    public Prediction Of(DslTask task, object input, string language, IReadOnlyList<GivenAnswer> answers)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(answers);
        string?[] written = [.. answers.Select(answer => answer.Fault is null ? Written(answer.Prediction.Output!) : null)];
        var none = answers[0].Prediction with { Text = "", Output = null, Confidence = null, LogProbability = null, Labels = null };
        if (Over == VoteOver.Answers)
            return Of(written, out var share, out var why) is { } winner
                ? answers[winner].Prediction with
                {
                    Confidence = share,
                }
                : none with
                {
                    Error = why,
                };
        var items = Items([.. written.Select(text => text is null ? null : Lines(text))], out var most);
        var pooled = items.Count == 0 ? "-" : string.Join('\n', items);
        return written.All(text => text is null) ? none with { Error = "no answer is good" }
            : !task.TryParseOutput(Encoding.UTF8.GetBytes(pooled), input, language, out var output, out _)
                ? none with
                {
                    Error = "the items together do not parse",
                }
            : none with { Text = pooled, Output = output, Error = null, Confidence = most, Closed = true };

        string Written(object value)
        {
            var utf8 = new ArrayBufferWriter<byte>();
            task.WriteOutput(utf8, input, value, language);
            return Encoding.UTF8.GetString(utf8.WrittenSpan);
        }

        static string[] Lines(string text) => text == "-" ? [] : text.Split('\n');
    }

    /// <summary>
    /// The items of all lists, the most frequent first; of equally frequent ones that which stands further in front where it stands. An
    /// item counts once a list, without regard to case, marks and an article before it, and is written as it is most often.
    /// </summary>
    /// <param name="lists">The lists; null is no good.</param>
    /// <param name="share">The first item's share of all lists.</param>
    public IReadOnlyList<string> Items(IReadOnlyList<IReadOnlyList<string>?> lists, out double share)
    {
        ArgumentNullException.ThrowIfNull(lists);
        var items = lists
            .SelectMany(list => (list ?? []).Index().DistinctBy(item => Normal(item.Item)))
            .GroupBy(item => Normal(item.Item), StringComparer.Ordinal)
            .Select(same =>
                (
                    Text: same.GroupBy(item => item.Item).MaxBy(written => written.Count())!.Key,
                    Count: same.Count(),
                    Place: same.Average(i => i.Index)
                )
            )
            .Where(item => (double)item.Count / lists.Count >= Least)
            .OrderByDescending(item => item.Count)
            .ThenBy(item => item.Place)
            .ToList();
        share = items.Count == 0 ? 0 : (double)items[0].Count / lists.Count;
        return [.. items.Select(item => item.Text)];
    }

    private static string Normal(string item)
    {
        var words = TextWords.Of(item);
        return words.Count == 0 ? item : string.Join(' ', words.Count > 1 && Articles.Contains(words[0]) ? words.Skip(1) : words);
    }

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
