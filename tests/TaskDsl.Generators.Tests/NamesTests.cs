using System.Globalization;

namespace TaskDsl.Generators.Tests;

/// <summary>Names that are hard on C#, alone and together.</summary>
public class NamesTests
{
    [Theory]
    [InlineData("合同")]
    [InlineData("class")]
    [InlineData("record")]
    [InlineData("1st")]
    [InlineData("key-terms")]
    [InlineData("key terms")]
    [InlineData("ÿ")]
    [InlineData("istanbul_iğ")]
    [InlineData("a.b/c")]
    [InlineData("global")]
    [InlineData("field")]
    [InlineData("value")]
    public void Of_recipes(string name) => Desk.WithRecipe($"recipe: \"{name}\"\nmodel: models/base\ncorpus: []\n").Run().Compiles();

    [Theory]
    [InlineData("recipes", "Recipes.Recipes")]
    [InlineData("equals", "Recipes.Equals")]
    [InlineData("to_string", "Recipes.ToString")]
    public void That_a_static_class_cannot_have(string name, string taken) =>
        Desk.WithRecipe($"recipe: {name}\nmodel: models/base\ncorpus: []\n")
            .Run()
            .Reports(
                $"a.recipe.yaml(1,9): error TDSL1203: the recipe '{name}' would be '{taken}' in C#, a name that other generated "
                    + "code has already; choose another"
            );

    [Fact]
    public void Twice_among_tasks() =>
        Desk
            .Whole.Add("tasks/other.task.yaml", Desk.Task)
            .Run()
            .Reports(
                "tasks/other.task.yaml(1,7): error TDSL1202: the task 'mood' is also declared in tasks/mood.task.yaml; names are "
                    + "unique among their kind"
            );

    [Fact]
    public void That_differ_in_YAML_only() =>
        Desk
            .Whole.Add("tasks/other.task.yaml", Desk.Task.Replace("task: mood", "task: Mood", StringComparison.Ordinal))
            .Run()
            .Reports(
                "tasks/other.task.yaml(1,7): error TDSL1203: the task 'Mood' would be 'Mood' in C#, a name that the task 'mood' "
                    + "(tasks/mood.task.yaml) has already; choose another"
            );

    [Fact]
    public void Of_a_task_that_a_prompt_has() =>
        Desk
            .Whole.Add("tasks/z.task.yaml", Desk.Task.Replace("task: mood", "task: mood_prompt", StringComparison.Ordinal))
            .Run()
            .Reports(
                "tasks/z.task.yaml(1,7): error TDSL1203: the task 'mood_prompt' would be 'MoodPrompt' in C#, a name that the "
                    + "prompt 'mood' (prompts/mood.prompt.yaml) has already; choose another"
            );

    [Fact]
    public void Of_a_task_that_the_recipes_have() =>
        Desk
            .Whole.Add("tasks/z.task.yaml", Desk.Task.Replace("task: mood", "task: recipes", StringComparison.Ordinal))
            .Run()
            .Reports(
                "tasks/z.task.yaml(1,7): error TDSL1203: the task 'recipes' would be 'Recipes' in C#, a name that other "
                    + "generated code has already; choose another"
            );

    [Fact]
    public void Of_files_that_differ_in_case_or_signs_only()
    {
        var run = Desk
            .Empty.Add("X.recipe.yaml", "recipe: a\nmodel: models/base\ncorpus: []\n")
            .Add("x.recipe.yaml", "recipe: b\nmodel: models/base\ncorpus: []\n")
            .Add("x:y.recipe.yaml", "recipe: c\nmodel: models/base\ncorpus: []\n")
            .Add("x'y.recipe.yaml", "recipe: d\nmodel: models/base\ncorpus: []\n")
            .Add("../up/e.recipe.yaml", "recipe: e\nmodel: models/base\ncorpus: []\n")
            .Run()
            .Compiles();
        Assert.Equal(6, run.Files.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("My.Desk")]
    [InlineData("my-desk.class.2")]
    [InlineData("TaskDsl.Tasks.Mine")]
    [InlineData("System")]
    public void Of_namespaces(string root) => (Desk.Whole with { RootNamespace = root }).Run().Compiles();

    [Theory]
    [InlineData("fi-FI")]
    [InlineData("tr-TR")]
    [InlineData("ar-SA")]
    public void And_numbers_do_not_depend_on_the_culture(string culture)
    {
        var project = Desk.Whole.Add(
            "b.recipe.yaml",
            "recipe: istanbul\nmodel: models/base\nseed: -7\nclip_norm: 0.25\nbudget: {epochs: 1.5}\nbatch: {overlong: "
                + "truncate_input}\noptimzer: adamw\n"
        );
        var expected = project.Run();
        var before = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        try
        {
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (new CultureInfo(culture), new CultureInfo(culture));
            // The culture is really another one.
            Assert.True(char.ToLower('I', CultureInfo.CurrentCulture) != 'i' || (-1.5).ToString(CultureInfo.CurrentCulture) != "-1.5");
            var run = project.Run();
            Assert.Equal(expected.Files, run.Files);
            Assert.Equal(expected.Report(), run.Report());
            Assert.Contains("Seed = -7,", run["b.recipe.g.cs"], StringComparison.Ordinal);
        }
        finally
        {
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = before;
        }
    }
}
