using System.Globalization;
using System.Text.Json.Serialization;

namespace TaskDsl.Torch.Evaluation;

/// <summary>The answers to one task's test examples in one language.</summary>
public sealed record TaskReport
{
    /// <summary>The prompt that the task was put by.</summary>
    public required string Prompt { get; init; }

    /// <summary>The task.</summary>
    public required string Task { get; init; }

    /// <summary>The language tag.</summary>
    public required string Language { get; init; }

    /// <summary>How many examples were answered.</summary>
    public required int Examples { get; init; }

    /// <summary>How many answers did not parse into the task's output; each counts as wrong.</summary>
    public required int Unparsed { get; init; }

    /// <summary>How many of those were not asked, because the question is longer than the model can read.</summary>
    public int Overlong { get; init; }

    /// <summary>
    /// How many answers were <c>right</c> in every item, <c>wrong</c>, <c>empty</c>, <c>not parsed</c>, <c>cut off</c> by the limit of
    /// tokens before they parsed, and questions <c>too long</c> to ask, or with <c>no model</c> for their value of a field, or
    /// <c>no answer</c> among ready ones; what there is none of is left out.
    /// </summary>
    public IReadOnlyDictionary<string, int> Outcomes { get; init; } = new Dictionary<string, int>();

    /// <summary>What answering took.</summary>
    [JsonIgnore]
    internal AnswerCosts Costs { get; init; } = new(0, 0, 0);

    /// <summary>How many gold answers have more tokens than an answer may have (<c>max_new_tokens</c>): none can equal them.</summary>
    public int Unreachable { get; init; }

    /// <summary>How many demonstrations were left out, over all questions, so that these fit the model.</summary>
    public int DemonstrationsLeftOut { get; init; }

    /// <summary>Before how many questions all of them were left out.</summary>
    public int Bare { get; init; }

    /// <summary>The scores, one per metric of the task.</summary>
    public required IReadOnlyList<MetricScore> Metrics { get; init; }

    /// <summary>Some of the answers: the same examples in every measurement.</summary>
    public required IReadOnlyList<SampleAnswer> Samples { get; init; }

    /// <summary>Every answer in short, in the order of the examples. Empty in files of versions that did not write it.</summary>
    [JsonConverter(typeof(LinePerItem<AnswerMark>))]
    public IReadOnlyList<AnswerMark> Answers { get; init; } = [];

    /// <summary>The scores as one line of text.</summary>
    public override string ToString()
    {
        var scores = Metrics.Select(score => string.Create(CultureInfo.InvariantCulture, $"{score.Metric} {score.Value:0.000}"));
        var unparsed = Unparsed > 0 ? string.Create(CultureInfo.InvariantCulture, $", {Unparsed} without an answer") : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Prompt} {Language}: {string.Join(", ", scores)} ({Examples} examples{unparsed})"
        );
    }
}
