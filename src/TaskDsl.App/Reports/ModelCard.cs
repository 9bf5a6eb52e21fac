using System.Globalization;
using System.Text;
using TaskDsl.Prompts;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Runs;

namespace TaskDsl.App.Reports;

/// <summary>
/// A model card, as hubs show it (<c>README.md</c> with a head in YAML): what the model is, which tasks it was tuned on, and what it
/// scored, as far as its run says so.
/// </summary>
internal static class ModelCard
{
    /// <summary>Writes one.</summary>
    /// <param name="name">What the model is called.</param>
    /// <param name="model">The model, with its adapter still on it.</param>
    /// <param name="run">Its run; null = it is no run's.</param>
    /// <param name="prompts">What it was tuned on.</param>
    /// <param name="library">What opens it, as hubs call it.</param>
    public static string Of(string name, LoadedModel model, RunFolder? run, IReadOnlyList<Prompt> prompts, string library)
    {
        var record = run is null ? null : RunRecord.Read(run);
        var language = model.Model;
        string[] languages = [.. prompts.SelectMany(prompt => prompt.Task.Languages).Distinct()];
        var text = new StringBuilder("---\n")
            .Append($"library_name: {library}\n")
            .Append(languages.Length > 0 ? $"language: [{string.Join(", ", languages)}]\n" : "")
            .Append("tags: [taskdsl]\n---\n")
            .Append($"# {name}\n\n");
        if ((string?)record?.Recipe["summary"] is { Length: > 0 } summary)
            text.Append($"{summary}\n\n");
        var numbers = language.Parameters.Values.Sum(weight => weight.numel());
        var most = language.Config.MaxPositions;
        text.Append(CultureInfo.InvariantCulture, $"A {language.Config.ModelType} of {numbers:N0} numbers")
            .Append(most == int.MaxValue ? "" : string.Create(CultureInfo.InvariantCulture, $" that reads up to {most:N0} tokens"))
            .Append(record?.Finished is { } when ? string.Create(CultureInfo.InvariantCulture, $", tuned on {when:yyyy-MM-dd}") : "")
            .Append(".\n");
        if (prompts.Count > 0)
        {
            text.Append("\n## Tasks\n\n| task | prompt | languages | |\n|---|---|---|---|\n");
            foreach (var prompt in prompts)
                text.Append($"| {prompt.Task.Name} | {prompt.Name} | {string.Join(", ", prompt.Task.Languages)} | ")
                    .Append($"{prompt.Task.Summary.Replace("|", "\\|", StringComparison.Ordinal)} |\n");
        }

        if (run?.ReadEvaluation().After is { Tasks.Count: > 0 } after)
        {
            text.Append("\n## Scores on the test part\n\n| prompt | language | examples | metric | score | 95 % interval |\n")
                .Append("|---|---|---|---|---|---|\n");
            foreach (var task in after.Tasks)
            foreach (var score in task.Metrics)
                text.Append($"| {task.Prompt} | {task.Language} | {task.Examples} | {score.Metric} | ")
                    .Append(CultureInfo.InvariantCulture, $"{score.Value:0.000} | {score.Low:0.000} to {score.High:0.000} |\n");
        }

        return text.Append("\nWritten by TaskDsl (`export`).\n").ToString();
    }
}
