using System.Globalization;
using TaskDsl.App.Sessions;
using TaskDsl.Torch.Evaluation;

namespace TaskDsl.App.Reports;

/// <summary>One task, language and metric.</summary>
internal sealed record ScoreRow(
    string Prompt,
    string Language,
    string Metric,
    string Examples,
    string Before,
    string After,
    string Change,
    string Outcome,
    string Certainty,
    Html Bars
);

/// <summary>The table of scores before and after, each difference with whether it is beyond chance.</summary>
internal static class ScoreRows
{
    public static IEnumerable<ScoreRow> Of(RunEvaluation evaluation) =>
        from task in evaluation.Tasks()
        from metric in task.Metrics
        let comparison = Comparison.Of(evaluation, task, metric)
        select new ScoreRow(
            task.Prompt,
            task.Language,
            metric.Metric,
            task.Examples.ToString("N0", CultureInfo.InvariantCulture),
            Score(comparison.Before),
            Score(comparison.After),
            comparison.Change?.ToString("+0.000;−0.000;0.000", CultureInfo.InvariantCulture) ?? "",
            comparison.Outcome,
            comparison.Certainty,
            ScoreBars.Draw(comparison.Before, comparison.After)
        );

    /// <summary>What has to be known to read the table.</summary>
    public static IEnumerable<string> Notes(RunEvaluation evaluation)
    {
        var compared = evaluation
            .Tasks()
            .SelectMany(t => t.Metrics.Select(m => Comparison.Of(evaluation, t, m)))
            .Count(c => c.Significance is not null);
        if (compared >= 10)
            yield return $"Of {compared} comparisons, about {Math.Max(1, compared / 20)} would look beyond chance even if nothing had "
                + "changed: the level is 5\u00a0%.";
        foreach (var (when, report) in new[] { ("Before", evaluation.Before), ("After", evaluation.After) })
        {
            if (report?.Tasks.Sum(t => t.Unreachable) is > 0 and var unreachable)
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{when} tuning, {unreachable:N0} gold answers were longer than max_new_tokens: no answer could equal them."
                );
            if (report?.Tasks.Sum(t => t.Unparsed) is > 0 and var unparsed)
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{when} tuning, {unparsed:N0} of {report.Tasks.Sum(t => t.Examples):N0} answers did not parse; each counts as wrong."
                );
            if (report?.Tasks.Sum(t => t.Overlong) is > 0 and var overlong)
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{when} tuning, {overlong:N0} questions were longer than the model can read and were not put; each counts as wrong."
                );
            if (report?.Tasks.Sum(t => t.Outcomes.GetValueOrDefault(Evaluator.NoModel)) is > 0 and var without)
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{when} tuning, {without:N0} questions were of a value that no model was trained for; each counts as wrong."
                );
        }
    }

    private static string Score(MetricScore? score) => score is null ? "–" : ScoreTable.Text(score, interval: true);
}
