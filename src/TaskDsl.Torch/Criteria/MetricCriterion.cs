using System.ComponentModel.DataAnnotations;
using TaskDsl.Metrics.Counting;
using TaskDsl.Prompts;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Criteria;

/// <summary>
/// The best value of a task's metric: the model answers validation examples each time that the validation loss is measured.
/// </summary>
[Keyword("metric")]
public sealed record MetricCriterion : Criterion
{
    /// <summary>The metric's word, such as <c>accuracy</c>. Its mean over all tasks and languages that have it counts.</summary>
    [Shorthand]
    [WordOf(typeof(Metric))]
    public required string Name { get; init; }

    /// <summary>The prompt of the one task that counts. Default: all that have the metric.</summary>
    public Prompt? Prompt { get; init; }

    /// <summary>Answers at most so many validation examples per task and language, the same ones each time. Default: all.</summary>
    [Range(1, int.MaxValue)]
    public int? Limit { get; init; }

    /// <inheritdoc/>
    public override bool NeedsAnswers => true;

    /// <inheritdoc/>
    public override int? AnswerLimit => Limit;

    /// <inheritdoc/>
    public override string ScoreName => $"validation_{Name}";

    /// <inheritdoc/>
    public override string? Misfit(IReadOnlyList<Prompt> prompts, EvaluationPlan plan)
    {
        if (Prompt is not null && !prompts.Any(p => p.Name == Prompt.Name))
            return $"the prompt '{Prompt.Name}' is none that is trained on{NearestWord.Choice(Prompt.Name, prompts.Select(p => p.Name))}.";
        var asked = prompts.Where(p => Prompt is null || p.Name == Prompt.Name).ToList();
        if (asked.TrueForAll(p => p.Task.Split.Validation <= 0))
            return "it needs answers to validation examples, and no task that counts has a validation part (split.validation is 0). Use "
                + "best: validation_loss.";
        var there = asked.SelectMany(p => Evaluator.MetricsOf(p.Task, plan.Constrained)).Select(Evaluator.WordOf).Distinct().ToList();
        return there.Contains(Name)
            ? null
            : $"no task that counts has the metric '{Name}'; {(there.Count == 1 ? "it has" : "they have")} {string.Join(", ", there)}.";
    }

    /// <inheritdoc/>
    public override double? Score(double? loss, EvaluationReport? answers)
    {
        var tasks = answers?.Tasks.Where(t => Prompt is null || t.Prompt == Prompt.Name).ToArray() ?? [];
        MetricScore[] scores = [.. tasks.SelectMany(t => t.Metrics).Where(m => m.Metric == Name)];
        if (scores.Length > 0)
            return scores.Average(s => s.HigherIsBetter ? s.Value : -s.Value);
        var all = (answers?.Tasks ?? []).SelectMany(t => t.Metrics.Select(m => $"{m.Metric} of {t.Prompt}")).Distinct().ToArray();
        throw new RunException(
            all.Length == 0
                ? "best.metric needs answers to validation examples, and there are none: the recipe's tasks have no validation "
                    + "part (split.validation), or its objective teaches no answers. Use best: validation_loss."
                : $"best.metric: no task has the metric '{Name}'{(Prompt is null ? "" : $" by the prompt '{Prompt.Name}'")}; there "
                    + $"is {string.Join(", ", all)}."
        );
    }
}
