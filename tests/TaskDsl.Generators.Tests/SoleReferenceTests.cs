namespace TaskDsl.Generators.Tests;

/// <summary>A recipe's task without a prompt stands for the task's only prompt.</summary>
public class SoleReferenceTests
{
    private const string Short = """
        prompt: mood_short
        task: mood
        languages:
          en:
            user: ["{{ sentence }}"]
        """;

    private const string Other = """
        task: tone
        input:
          sentence: text
        output:
          tone: text
        """;

    [Theory]
    [InlineData("mood")]
    [InlineData("{task: mood, weight: 2}")]
    [InlineData("{task: mood, prompt: mood}")]
    public void Is_meant_where_there_is_one(string item) =>
        Assert.Contains(
            "Prompt = global::Desk.MoodPrompt.Default",
            Desk.Whole.Add("recipes/mood_lora.recipe.yaml", Recipe(item)).Run().Compiles()["recipes/mood_lora.recipe.g.cs"],
            StringComparison.Ordinal
        );

    [Fact]
    public void Is_named_where_there_are_two() =>
        Desk
            .Whole.Add("prompts/mood_short.prompt.yaml", Short)
            .Run()
            .Reports(
                "recipes/mood_lora.recipe.yaml(4,9): error TDSL1204: the task 'mood' has the prompts 'mood' and 'mood_short'; "
                    + "say which: {task: mood, prompt: mood}"
            )
            .Again(
                Desk.Whole.Add("prompts/mood_short.prompt.yaml", Short)
                    .Add("recipes/mood_lora.recipe.yaml", Recipe("{task: mood, prompt: mood_short}"))
            )
            .Reports();

    [Fact]
    public void Is_missed_where_there_is_none() =>
        Desk
            .Whole.Add("tasks/tone.task.yaml", Other)
            .Add("recipes/mood_lora.recipe.yaml", Recipe("tone"))
            .Run()
            .Reports(
                "recipes/mood_lora.recipe.yaml(3,9): error TDSL1204: the task 'tone' has no prompt; write one, as *.prompt.yaml "
                    + "with 'task: tone'"
            );

    [Fact]
    public void Is_the_tasks_own() =>
        Desk
            .Whole.Add("tasks/tone.task.yaml", Other)
            .Add("recipes/mood_lora.recipe.yaml", Recipe("{task: tone, prompt: mood}"))
            .Run()
            .Reports(
                "recipes/mood_lora.recipe.yaml(3,30): error TDSL1204: the prompt 'mood' is of the task 'mood', not of the task 'tone'"
            );

    [Fact]
    public void That_is_broken_has_one_error() =>
        Assert.All(
            Desk.Whole.Add("prompts/mood.prompt.yaml", Desk.Prompt.Replace("user:", "usr:", StringComparison.Ordinal)).Run().Diagnostics,
            d => Assert.NotEqual("TDSL1204", d.Id)
        );

    private static string Recipe(string item) => $"recipe: mood_lora\nmodel: models/base\ntasks: [{item}]\n";
}
