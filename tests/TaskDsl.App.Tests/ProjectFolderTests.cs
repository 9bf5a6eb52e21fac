using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Runs;
using TaskDsl.Vocabulary;

namespace TaskDsl.App.Tests;

/// <summary>Relative paths start at the project's folder in C# too; tests run in another one.</summary>
public sealed class ProjectFolderTests
{
    private static readonly string Folder = TaskCatalog.Default.ProjectDirectory;

    [Fact]
    public async Task Data_is_found_from_another_folder()
    {
        Assert.NotEqual(Path.GetFullPath(Folder), Path.GetFullPath(Environment.CurrentDirectory));
        using var data = await Weather.Build().ToDatasetAsync();
        Assert.True(data.Report.Kept > 0);
    }

    [Fact]
    public async Task A_recipe_of_YAML_and_one_of_C_find_their_files()
    {
        var ofYaml = Recipes.Tiny;
        Assert.Equal(Folder, (ofYaml with { Seed = 2 }).ProjectDirectory);
        var made = new Recipe
        {
            Name = "made",
            Model = ofYaml.Model,
            Tasks = [new TaskShare(ofYaml.Tasks[0].Prompt)],
            Batch = ofYaml.Batch,
        };
        Assert.Null(made.ProjectDirectory);
        foreach (var recipe in (Recipe[])[ofYaml, made])
            Assert.True((await recipe.PlanAsync()).Single().Records.Train > 0);
    }

    [Fact]
    public void What_is_given_counts() =>
        Assert.Equal(Path.GetFullPath("/elsewhere/runs"), new RunOptions { ProjectDirectory = "/elsewhere" }.Runs);

    [Fact]
    public void The_folder_is_no_word() =>
        Assert.DoesNotContain(Words.Properties(typeof(Recipe)), property => property.Name == nameof(Definition.ProjectDirectory));
}
