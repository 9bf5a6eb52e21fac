using System.Globalization;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Runs;

namespace TaskDsl.App.Reports;

/// <summary>What the run has come to, in sentences that the numbers dictate.</summary>
/// <param name="Headline">The whole in one sentence.</param>
/// <param name="Lines">Task by task; what got worse first.</param>
internal sealed record Verdict(string Headline, IReadOnlyList<VerdictLine> Lines)
{
    private const int MostLines = 12;

    /// <summary>From the first metric of each task and language; of the others, what they say got worse.</summary>
    public static Verdict Of(RunEvaluation evaluation, RunStatus status)
    {
        var compared = evaluation.Tasks().Where(t => t.Metrics.Count > 0).Select(t => Comparison.Of(evaluation, t, t.Metrics[0])).ToList();
        var otherwise = evaluation
            .Tasks()
            .SelectMany(t => t.Metrics.Skip(1).Select(m => Comparison.Of(evaluation, t, m)))
            .Where(c => c.Outcome == "worse")
            .ToList();
        var what = status switch
        {
            RunStatus.Finished => "",
            RunStatus.Diverged => "The training diverged: its numbers stopped being numbers. ",
            RunStatus.Interrupted => "The run was interrupted and can go on. ",
            _ => "The run is not finished. ",
        };
        if (compared.Count == 0)
            return new Verdict(what + "No answers were measured, so nothing is known of what the model's answers are worth.", []);
        if (evaluation.After is not { Tasks.Count: > 0 })
            return new Verdict(what + "Only the model before tuning has been measured so far.", TaskByTask(compared));
        if (compared.TrueForAll(c => c.Before is null))
            return new Verdict(
                what + "The tuned model was measured; nothing was measured before tuning, so there is nothing to compare with.",
                TaskByTask(compared)
            );
        var counts = compared.CountBy(c => c.Outcome).ToDictionary(StringComparer.Ordinal);
        List<string> said = [];
        Say("better", "improved beyond chance");
        Say("worse", "got worse beyond chance");
        Say("open", "shows no clear difference", "show no clear difference");
        Say("untested", "could not be tested");
        var lost =
            otherwise.Count > 0 ? $"; by a further metric, {otherwise.Count} got worse beyond chance"
            : counts.ContainsKey("worse") || !counts.ContainsKey("better") ? ""
            : "; none got worse beyond chance";
        return new Verdict(
            $"{what}Of {compared.Count} {(compared.Count == 1 ? "measurement" : "measurements")} (task and language), "
                + $"{string.Join(", ", said)}{lost}.",
            TaskByTask([.. compared, .. otherwise])
        );

        void Say(string outcome, string one, string? many = null)
        {
            if (counts.GetValueOrDefault(outcome) is > 0 and var count)
                said.Add($"{count} {(count == 1 ? one : many ?? one)}");
        }
    }

    private static VerdictLine[] TaskByTask(List<Comparison> compared)
    {
        var ordered = compared
            .OrderBy(c =>
                c.Outcome switch
                {
                    "worse" => 0,
                    "better" => 1,
                    "open" => 2,
                    _ => 3,
                }
            )
            .ToList();
        var more = ordered.Count - MostLines;
        return
        [
            .. ordered.Take(more > 1 ? MostLines : ordered.Count).Select(Line),
            .. more > 1 ? [new VerdictLine("open", $"and {more} more in the table below")] : Array.Empty<VerdictLine>(),
        ];
    }

    private static VerdictLine Line(Comparison c)
    {
        var score = (c.Before, c.After) switch
        {
            ({ } before, { } after) => $"{Number(before)} → {Number(after)}",
            ({ } before, null) => $"{Number(before)} before tuning",
            (_, var after) => Number(after!),
        };
        return new VerdictLine(
            c.Outcome,
            $"{c.Task.Prompt} ({c.Task.Language}): {score} "
                + $"{(c.After ?? c.Before)!.Metric.Replace('_', ' ')}{(c.Before is null || c.After is null ? "" : $", {c.Certainty}")}"
                + Idle(c)
        );
    }

    /// <summary>A model that knows no more than which label is frequent.</summary>
    private static string Idle(Comparison c) =>
        c.After is { Metric: "accuracy" } after && Confusion.Of(c.Task.Answers) is { } confusion && after.Value <= confusion.MostFrequent
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"; no better than always answering “{confusion.Labels[0]}” ({confusion.MostFrequent:0.00})"
            )
            : "";

    private static string Number(MetricScore score) => score.Value.ToString("0.00", CultureInfo.InvariantCulture);
}

/// <summary>One task's sentence.</summary>
/// <param name="Outcome">better, worse, open or untested.</param>
/// <param name="Text">The sentence.</param>
internal sealed record VerdictLine(string Outcome, string Text)
{
    /// <summary>The outcome without colour.</summary>
    public string Mark =>
        Outcome switch
        {
            "better" => "▲",
            "worse" => "▼",
            "open" => "≈",
            _ => "·",
        };
}
