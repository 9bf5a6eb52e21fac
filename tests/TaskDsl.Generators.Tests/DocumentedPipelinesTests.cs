using System.Text.RegularExpressions;
using TaskDsl.Generators.Tests.Packaging;

namespace TaskDsl.Generators.Tests;

/// <summary>The pipelines in the docs compile.</summary>
public partial class DocumentedPipelinesTests
{
    [Fact]
    public void Each_compiles()
    {
        var page = File.ReadAllText(Path.Combine(Dotnet.Repository, "docs", "pipelines.md"));
        var pipelines = Pipeline().Matches(page).Select(match => match.Groups[1].Value).ToList();
        Assert.True(pipelines.Count >= 3);
        var project = Desk
            .Empty.Add("tasks/intent.task.yaml", Desk.Task.Replace("task: mood", "task: intent", StringComparison.Ordinal))
            .Add("prompts/intent.prompt.yaml", Desk.Prompt.Replace(": mood", ": intent", StringComparison.Ordinal))
            .Add("data/unlabelled.jsonl", """{"sentence": "What a day."}""");
        foreach (var recipe in (string[])["intent_few", "intent_full"])
            project = project.Add(
                $"recipes/{recipe}.recipe.yaml",
                Desk.Recipe.Replace("mood_lora", recipe, StringComparison.Ordinal).Replace("[mood]", "[intent]", StringComparison.Ordinal)
            );
        foreach (var (number, yaml) in pipelines.Index())
            project = project.Add($"p{number}.pipeline.yaml", yaml);
        project.Run().Compiles();
    }

    [GeneratedRegex("```yaml\n(?:# [^\n]*\n)?(pipeline: .*?)```", RegexOptions.Singleline)]
    private static partial Regex Pipeline();
}
