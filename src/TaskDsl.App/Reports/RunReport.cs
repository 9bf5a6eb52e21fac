using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Scriban;
using Scriban.Runtime;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Training;

namespace TaskDsl.App.Reports;

/// <summary>Writes <c>report.html</c> from the files of a run's folder: one self-contained page with curves, scores, samples, data and recipe.</summary>
public static class RunReport
{
    private static readonly Lazy<Template> Page = new(() =>
    {
        using var stream = typeof(RunReport).Assembly.GetManifestResourceStream("report.html")!;
        using var reader = new StreamReader(stream);
        var template = Template.Parse(reader.ReadToEnd(), "report.html");
        return template.HasErrors ? throw new InvalidOperationException(string.Join('\n', template.Messages)) : template;
    });

    /// <summary>Writes the page into the run's folder, whatever the run has come to.</summary>
    /// <param name="folder">The run's folder, with <c>run.json</c>.</param>
    /// <returns>The page's path.</returns>
    /// <exception cref="RunException">The folder is no run's.</exception>
    public static string Write(string folder)
    {
        var run = new RunFolder(folder);
        if (!File.Exists(run.Record)) throw new RunException($"{folder} is not a run's folder: it has no run.json.");
        var path = Path.Combine(folder, "report.html");
        File.WriteAllText(path, Render(run), new UTF8Encoding(false));
        return path;
    }

    private static string Render(RunFolder run)
    {
        var globals = new ScriptObject();
        globals.Import(Read(run));
        var context = new EscapingContext { LoopLimit = 0, LimitToString = 0 };
        context.PushGlobal(globals);
        return Page.Value.Render(context);
    }

    private static RunPage Read(RunFolder run)
    {
        var record = RunFolder.ReadObject(run.Record);
        var evaluation = File.Exists(run.Evaluation)
            ? JsonSerializer.Deserialize<RunEvaluation>(File.ReadAllBytes(run.Evaluation), RunFolder.Json)!
            : new RunEvaluation(null, null);
        var recipe = record["recipe"] as JsonObject ?? [];
        var parts = record["parts"] is JsonArray names
            ? names.Select(name => name!.GetValue<string>()).Where(name => File.Exists(Path.Combine(run.Path, name, "run.json"))).Select(name => RunParts.Read(new RunFolder(Path.Combine(run.Path, name)), name))
            : [RunParts.Read(run, "")];
        return new RunPage
        {
            Name = Text(record["name"]),
            Summary = Text(recipe["summary"]),
            Status = Text(record["status"]),
            Message = Text(record["message"]),
            Scores = [.. Scores(evaluation)],
            Samples = [.. SampleGroups(evaluation)],
            Parts = [.. parts],
            Recipe = YamlText.Of(recipe),
        };
    }

    private static IEnumerable<ScoreRow> Scores(RunEvaluation evaluation)
    {
        foreach (var task in (evaluation.After ?? evaluation.Before ?? EvaluationReport.Empty).Tasks)
        {
            foreach (var metric in task.Metrics)
            {
                var before = evaluation.Before?[task.Prompt, task.Language, metric.Metric];
                var after = evaluation.After?[task.Prompt, task.Language, metric.Metric];
                var change = before is null || after is null ? (double?)null : after.Value - before.Value;
                yield return new ScoreRow(
                    task.Prompt,
                    task.Language,
                    metric.Metric,
                    task.Examples.ToString("N0", CultureInfo.InvariantCulture),
                    Score(before),
                    Score(after),
                    change?.ToString("+0.000;−0.000;0.000", CultureInfo.InvariantCulture) ?? "",
                    change is null or 0 ? "same" : change > 0 == metric.HigherIsBetter ? "better" : "worse",
                    ScoreBars.Draw(before, after));
            }
        }
    }

    private static string Score(MetricScore? score) => score is null ? "–" : string.Create(CultureInfo.InvariantCulture, $"{score.Value:0.000} ({score.Low:0.00}–{score.High:0.00})");

    private static IEnumerable<SampleGroup> SampleGroups(RunEvaluation evaluation)
    {
        foreach (var task in (evaluation.After ?? evaluation.Before ?? EvaluationReport.Empty).Tasks)
        {
            var before = Find(evaluation.Before);
            var after = Find(evaluation.After);
            yield return new SampleGroup($"{task.Prompt}, {task.Language}", [.. task.Samples.Select(s => new Sample(s.Origin, Fields(s.Input), s.Gold, Reply(before, s), Reply(after, s)))]);

            TaskReport? Find(EvaluationReport? report) => report?.Tasks.FirstOrDefault(t => t.Prompt == task.Prompt && t.Language == task.Language);
        }
    }

    private static SampleReply? Reply(TaskReport? report, SampleAnswer asked) =>
        report?.Samples.FirstOrDefault(s => s.Origin == asked.Origin && s.Input == asked.Input) is { } answer
            ? new SampleReply(answer.Answer, answer.Error is null && answer.Answer == asked.Gold, answer.Error ?? "")
            : null;

    private static IReadOnlyList<Fact> Fields(string input)
    {
        try
        {
            if (JsonNode.Parse(input) is JsonObject fields) return [.. fields.Select(f => new Fact(f.Key, Text(f.Value)))];
        }
        catch (JsonException)
        {
            // An input that is no JSON is shown as it is.
        }

        return [new Fact("input", input)];
    }

    internal static string Text(JsonNode? node) => node switch
    {
        null => "",
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        _ => node.ToJsonString(RunFolder.Json),
    };
}
