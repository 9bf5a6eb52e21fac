using TaskDsl.Testing;

namespace TaskDsl.Generators.Tests;

/// <summary>Small projects that tests begin with.</summary>
internal static class Desk
{
    /// <summary>A task in one language with one label.</summary>
    public const string Task = """
        task: mood
        summary: Names the mood of a sentence.
        input:
          sentence: text
        output:
          mood:
            type: label
            labels: [glad, sad]
        """;

    /// <summary>A prompt for <see cref="Task"/>.</summary>
    public const string Prompt = """
        prompt: mood
        task: mood
        languages:
          en:
            user: ["Which mood? {{ sentence }}"]
        """;

    /// <summary>A recipe over <see cref="Prompt"/>.</summary>
    public const string Recipe = """
        recipe: mood_lora
        summary: Tunes on moods.
        model: models/base
        tasks: [mood]
        tuning: {lora: {rank: 8}}
        optimizer: {adamw: {learning_rate: 2e-3}}
        """;

    /// <summary>A recipe that needs no task.</summary>
    public const string Plain = """
        recipe: plain
        model: models/base
        budget: {epochs: 2}
        corpus: []
        """;

    /// <summary>An empty project with a model's folder.</summary>
    public static GeneratorProject Empty { get; } = new GeneratorProject().Add("models/base/config.json");

    /// <summary>A project with one task, one prompt, one recipe.</summary>
    public static GeneratorProject Whole { get; } =
        Empty.Add("tasks/mood.task.yaml", Task).Add("prompts/mood.prompt.yaml", Prompt).Add("recipes/mood_lora.recipe.yaml", Recipe);

    /// <summary>An empty project with this recipe in <c>a.recipe.yaml</c>.</summary>
    public static GeneratorProject WithRecipe(string yaml) => Empty.Add("a.recipe.yaml", yaml);

    /// <summary>Many tasks, each with a prompt and a recipe.</summary>
    /// <param name="files">How many YAML files in all.</param>
    public static GeneratorProject OfSize(int files)
    {
        var project = Empty;
        for (var i = 0; i < files; i++)
        {
            var n = i / 3;
            project = (i % 3) switch
            {
                0 => project.Add($"tasks/t{n}.task.yaml", Task.Replace("task: mood", $"task: t{n}", StringComparison.Ordinal)),
                1 => project.Add(
                    $"prompts/t{n}.prompt.yaml",
                    Prompt
                        .Replace("prompt: mood", $"prompt: t{n}", StringComparison.Ordinal)
                        .Replace("task: mood", $"task: t{n}", StringComparison.Ordinal)
                ),
                _ => project.Add(
                    $"recipes/r{n}.recipe.yaml",
                    Recipe
                        .Replace("mood_lora", $"r{n}", StringComparison.Ordinal)
                        .Replace("tasks: [mood]", $"tasks: [t{n}]", StringComparison.Ordinal)
                ),
            };
        }

        return project;
    }
}
