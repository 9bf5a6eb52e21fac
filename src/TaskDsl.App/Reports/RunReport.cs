using System.Text.Json.Nodes;
using TaskDsl.Disk;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Runs;

namespace TaskDsl.App.Reports;

/// <summary>
/// Writes <c>report.html</c> from the files of a run's folder: one self-contained page with curves, scores, samples, data and recipe.
/// </summary>
public static class RunReport
{
    /// <summary>Writes the page into the run's folder, whatever the run has come to.</summary>
    /// <param name="folder">The run's folder, with <c>run.json</c>.</param>
    /// <returns>The page's path.</returns>
    /// <exception cref="RunException">The folder is no run's.</exception>
    public static string Write(string folder)
    {
        var run = new RunFolder(folder);
        if (!File.Exists(run.Record))
            throw new RunException($"{folder} is not a run's folder: it has no run.json.");
        var path = Path.Combine(folder, "report.html");
        AtomicFile.WriteText(path, PageTemplate.Render("report.html", Read(run)));
        return path;
    }

    private static RunPage Read(RunFolder run)
    {
        var record = RunRecord.Read(run);
        var parts = (record.Parts ?? [])
            .Select(name => (Name: name, Folder: new RunFolder(Path.Combine(run.Path, name))))
            .Where(p => File.Exists(p.Folder.Record))
            .ToList();
        var stopped = parts
            .Select(p => RunRecord.Read(p.Folder).Status)
            .Where(s => s is RunStatus.Interrupted or RunStatus.Diverged)
            .ToList();
        var evaluation = Measured(run, parts.Select(p => p.Folder));
        var status = record.Status == RunStatus.Running && stopped.Count > 0 ? stopped[0] : record.Status;
        return new RunPage
        {
            Name = record.Name,
            Summary = (string?)record.Recipe["summary"] ?? "",
            Status = status.ToString().ToLowerInvariant(),
            Message = record.Message ?? "",
            Verdict = Verdict.Of(evaluation, status),
            Scores = [.. ScoreRows.Of(evaluation)],
            ScoreNotes = [.. ScoreRows.Notes(evaluation)],
            Calibrations = [.. ReliabilityDiagram.All(evaluation.After)],
            Confusions = [.. ConfusionPart.All(evaluation.After)],
            Samples = [.. SampleGroup.Of(evaluation)],
            Parts = record.Parts is null ? [RunParts.Read(run, "")] : [.. parts.Select(p => RunParts.Read(p.Folder, p.Name))],
            Recipe = YamlText.Of(AsFile(record.Recipe)),
        };
    }

    /// <summary>As its file begins: the kind with the name, the summary, and all the rest.</summary>
    private static JsonObject AsFile(JsonObject recipe)
    {
        var file = new JsonObject { ["recipe"] = recipe["name"]?.DeepClone(), ["summary"] = recipe["summary"]?.DeepClone() };
        foreach (var (key, value) in recipe.Where(p => p.Key is not ("name" or "summary")))
            file[key] = value?.DeepClone();
        return file;
    }

    /// <summary>A run of several models that was cut short has only its parts' measurements.</summary>
    private static RunEvaluation Measured(RunFolder run, IEnumerable<RunFolder> parts)
    {
        if (File.Exists(run.Evaluation))
            return run.ReadEvaluation();
        var measured = parts.Select(p => p.ReadEvaluation()).ToList();
        return new RunEvaluation(All(m => m.Before), All(m => m.After));

        EvaluationReport? All(Func<RunEvaluation, EvaluationReport?> when) =>
            measured.Select(when).OfType<EvaluationReport>().ToList() is { Count: > 0 } reports
                ? new EvaluationReport([.. reports.SelectMany(r => r.Tasks)])
                : null;
    }
}
