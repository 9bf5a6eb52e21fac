using TaskDsl.Testing;

namespace TaskDsl.Generators.Tests;

/// <summary>A project names what another declares: compiled there, known here.</summary>
public sealed class SeveralProjectsTests
{
    private const string Recipe = """
        recipe: own
        model: {decoder: {vocabulary_size: 300}}
        tasks: [mood]
        """;

    private static readonly GeneratorProject Library = Desk.Whole with { RootNamespace = "Acme.Library" };

    private static readonly GeneratorProject Application = new GeneratorProject { RootNamespace = "App" }
        .AddProject("Library", Library)
        .Add("recipes/own.recipe.yaml", Recipe);

    [Fact]
    public void A_recipe_a_prompt_and_a_pipeline_name_what_is_elsewhere() =>
        Application
            .Add(
                "prompts/short.prompt.yaml",
                "prompt: short\ntask: mood\nlanguages:\n  en: {user: [\"{{ sentence | string.strip }} {{ labels | array.join ', ' }}\"]}\n"
            )
            .Add("recipes/own.recipe.yaml", Recipe.Replace("[mood]", "[{task: mood, prompt: short}]", StringComparison.Ordinal))
            .Add(
                "pipelines/p.pipeline.yaml",
                "pipeline: p\nsteps:\n  a: {train: own}\n"
                    + "  scores: {evaluate: {models: [$a], tasks: [{task: mood, prompt: mood}]}}\nexpect: [scores.a.accuracy > 0.5]\n"
            )
            .Run()
            .Compiles()
            .Verify();

    [Fact]
    public void What_is_broken_elsewhere_or_missing_here_is_told() =>
        Application
            .Add("recipes/own.recipe.yaml", Recipe.Replace("[mood]", "[moot]", StringComparison.Ordinal))
            .Run()
            .Reports("recipes/own.recipe.yaml(3,9): error TDSL1201: there is no task named 'moot'; did you mean 'mood'?");

    [Fact]
    public void Of_two_of_one_name_the_own_is_meant()
    {
        var run = Application
            .Add("tasks/mood.task.yaml", Desk.Task)
            .Add("prompts/mood.prompt.yaml", Desk.Whole.Files["prompts/mood.prompt.yaml"].GetText().ToString())
            .Run()
            .Compiles();
        Assert.Contains("global::App.MoodPrompt.Default", run["recipes/own.recipe.g.cs"], StringComparison.Ordinal);
        Assert.DoesNotContain("Acme", run["recipes/own.recipe.g.cs"], StringComparison.Ordinal);
    }

    [Fact]
    public void Of_two_that_are_both_elsewhere_none_is_meant() =>
        Application
            .AddProject("Other", Desk.Whole with { RootNamespace = "Other" })
            .Run()
            .Reports(
                "recipes/own.recipe.yaml(3,9): error TDSL1204: the task 'mood' is declared in the projects Library and Other; give one "
                    + "of them another name"
            );

    [Fact]
    public void An_edit_here_touches_nothing_of_it()
    {
        var before = Application.Run();
        var edited = Application.Add("recipes/own.recipe.yaml", Recipe + "\nseed: 2\n");
        Assert.Equal(before["TaskCatalog.g.cs"], before.Again(edited)["TaskCatalog.g.cs"]);
        Assert.Equal(["TaskCatalog.g.cs", "recipes/own.recipe.g.cs"], before.Files.Select(file => file.HintName));
    }
}
