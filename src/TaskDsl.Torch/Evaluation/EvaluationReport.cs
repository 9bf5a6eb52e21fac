using System.Text.Json.Serialization;

namespace TaskDsl.Torch.Evaluation;

/// <summary>What a model's answers are worth, per task and language.</summary>
/// <param name="Tasks">One entry per prompt and language.</param>
public sealed record EvaluationReport(IReadOnlyList<TaskReport> Tasks)
{
    /// <summary>No measurement.</summary>
    public static EvaluationReport Empty { get; } = new([]);

    /// <summary>The score of a metric, or null where it was not measured.</summary>
    public MetricScore? this[string prompt, string language, string metric] =>
        Tasks.FirstOrDefault(t => t.Prompt == prompt && t.Language == language)?.Metrics.FirstOrDefault(m => m.Metric == metric);
}

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

    /// <summary>The scores, one per metric of the task.</summary>
    public required IReadOnlyList<MetricScore> Metrics { get; init; }

    /// <summary>Some of the answers: the same examples in every measurement.</summary>
    public required IReadOnlyList<SampleAnswer> Samples { get; init; }

    /// <summary>Every answer in short, in the order of the examples. Empty in files of versions that did not write it.</summary>
    [JsonConverter(typeof(LinePerItem<AnswerMark>))]
    public IReadOnlyList<AnswerMark> Answers { get; init; } = [];
}

/// <summary>A metric's score with the interval that 95 % of resampled test sets fall into (bootstrap, Efron 1979).</summary>
/// <param name="Metric">The metric's word.</param>
/// <param name="Value">The score.</param>
/// <param name="Low">The interval's lower end.</param>
/// <param name="High">The interval's upper end.</param>
/// <param name="HigherIsBetter">Whether more is better.</param>
public sealed record MetricScore(string Metric, double Value, double Low, double High, bool HigherIsBetter = true)
{
    /// <summary>
    /// The scores of the resampled test sets. The k-th resample draws the same examples in every measurement of as many examples, so that
    /// two measurements can be compared pair by pair. Empty in files of versions that did not write it.
    /// </summary>
    [JsonConverter(typeof(OneLine<IReadOnlyList<double>>))]
    public IReadOnlyList<double> Resampled { get; init; } = [];
}

/// <summary>One answer in short.</summary>
/// <param name="Origin">Where the example stands.</param>
/// <param name="Right">Whether the answer is the gold one in every item.</param>
/// <param name="Confidence">The probability that the model gave its answer, in [0, 1]; null where it gave none.</param>
/// <param name="Gold">The gold label as the task writes it; null where the task's answer is no label.</param>
/// <param name="Answer">The answered label; null also where the answer did not parse.</param>
public sealed record AnswerMark(string Origin, bool Right, double? Confidence = null, string? Gold = null, string? Answer = null);

/// <summary>One answer.</summary>
/// <param name="Origin">Where the example stands.</param>
/// <param name="Input">The input, as JSON.</param>
/// <param name="Gold">The gold answer as the task writes it.</param>
/// <param name="Answer">The model's answer.</param>
/// <param name="Error">Why the answer does not parse; null where it does.</param>
public sealed record SampleAnswer(string Origin, string Input, string Gold, string Answer, string? Error);

/// <summary>A run's measurements: what <c>evaluation.json</c> holds.</summary>
/// <param name="Before">The model before it was tuned.</param>
/// <param name="After">The tuned model.</param>
public sealed record RunEvaluation(EvaluationReport? Before, EvaluationReport? After);
