using TaskDsl.Tasks;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Groupings;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Runs;
using TaskDsl.Torch.Tests.Training;
using TaskDsl.Vocabulary;
using Xunit;

namespace TaskDsl.Torch.Tests.Groupings;

public sealed class GroupsTests : TorchTest
{
    private static readonly Recipe Three = TinyModel.Recipe("m", "one", "two", "three");

    private static Groups Of(params (string Name, string[] Tasks)[] groups) =>
        new()
        {
            Tasks = groups.ToDictionary(g => g.Name, IReadOnlyList<DslTask> (g) => [.. g.Tasks.Select(name => new LettersTask(name))]),
        };

    [Fact]
    public async Task Tasks_of_a_group_share_a_model()
    {
        using var folder = new TempFolder();
        var recipe = Three with
        {
            Model = TinyModel.Recipe(TinyModel.Write(folder.File("model"))).Model,
            OneModelPer = Of(("odd", ["three", "one"]), ("even", ["two"])),
            Budget = new Budget { Steps = 3 },
        };
        using var run = await recipe.RunAsync(new RunOptions { ProjectDirectory = folder.Path });
        Assert.Equal(["odd", "even"], run.Parts.Select(p => p.Name));
        Assert.Equal(["one", "three", "two"], run.After.Tasks.Select(t => t.Prompt)); // As the recipe has them, group by group.
        Assert.Same(run.Parts[0].Model, run.ModelFor(recipe.Tasks[2].Prompt));
        Assert.Same(run.Parts[0].Model, run.ModelFor(recipe.Tasks[0].Prompt));
        Assert.Same(run.Parts[1].Model, run.ModelFor(recipe.Tasks[1].Prompt));
        Assert.Equal([Best("odd"), Best("even"), Best("odd")], recipe.Tasks.Select(share => RunModel.Find(run.Folder, share.Prompt)));
        Assert.Null(RunModel.Find(run.Folder, prompt: null));
        Assert.Null(RunModel.Find(run.Folder, new LettersPrompt(new LettersTask("four"))));

        // The same as a run of the group alone.
        using var alone = await (recipe with { Name = "odd", OneModelPer = null, Tasks = [recipe.Tasks[0], recipe.Tasks[2]] }).RunAsync(
            new RunOptions { ProjectDirectory = folder.Path }
        );
        Assert.Equal(
            await File.ReadAllBytesAsync(Path.Combine(alone.Folder, "best", "model.safetensors")),
            await File.ReadAllBytesAsync(Path.Combine(Best("odd"), "model.safetensors"))
        );

        string Best(string group) => Path.Combine(run.Folder, group, "best");
    }

    [Fact]
    public void Each_task_is_in_one_group()
    {
        Assert.Empty(Of(("a", ["one", "two"]), ("b", ["three"])).Faults(Three));
        Refused("the task 'three' is in no group; each task of the recipe needs one.", ("a", ["one"]), ("b", ["two"]));
        Refused("the task 'one' stands in 'a' and 'b'; a task has one model.", ("a", ["one", "two"]), ("b", ["three", "one"]));
        Refused("the recipe has no task 'tree'; did you mean 'three'?", ("a", ["one", "two", "three"]), ("b", ["tree"]));
        Refused("the group 'b' needs a task.", ("a", ["one", "two", "three"]), ("b", []));
        Refused(
            "the group 'best' gives its model's folder its name, and a run has its own folder 'best'.",
            ("best", ["one", "two", "three"])
        );
        foreach (var name in (string[])["", ".", "..", "a/b", "a\\b", "-a", ".a", "a b", "a\n", new string('a', 61)])
            Assert.Contains(
                "a folder's name here has",
                Assert.Single(Of((name, ["one", "two", "three"])).Faults(Three)),
                StringComparison.Ordinal
            );
        Assert.Equal(
            ["one_model_per: the group 'b' needs a task."],
            Mistakes.In(Three with { OneModelPer = Of(("a", ["one", "two", "three"]), ("b", [])) })
        );

        static void Refused(string fault, params (string, string[])[] groups) => Assert.Equal([fault], Of(groups).Faults(Three));
    }
}
