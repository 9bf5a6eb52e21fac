using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Opening;
using TaskDsl.Torch.Pipelines;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Runs;
using TaskDsl.Torch.Tests.Training;
using Xunit;

namespace TaskDsl.Torch.Tests.Pipelines;

/// <summary>What a step has made is taken by every step that would make the same, whatever it is called.</summary>
public sealed class SharedResultsTests : IDisposable
{
    private static readonly LettersTask Task = new();
    private readonly TempFolder runs = new();

    public void Dispose() => runs.Dispose();

    [Fact]
    public async Task A_result_is_made_once_for_all_pipelines()
    {
        var first = await RunAsync("first", ("bed", Train(1)), ("again", Train(1)), ("other", Train(2)));
        Assert.Equal(["bed", "other"], first.Steps.Where(step => step.Why is not null).Select(step => step.Name));
        Assert.Equal(first.Steps[0].Folder, first.Steps[1].Folder);
        Assert.NotEqual(first.Steps[0].Folder, first.Steps[2].Folder);

        var second = await RunAsync("second", ("base", Train(1)), ("tuned", Train(3) with { Model = "$base" }));
        Assert.Equal(["tuned"], second.Steps.Where(step => step.Why is not null).Select(step => step.Name));
        Assert.Equal(first.Steps[0].Folder, second.Steps[0].Folder);
        Assert.False(Directory.Exists(Path.Combine(runs.Path, "second", "base")));

        // Asked for, it is made at its own place; what the other pipeline has stays.
        var written = Directory.GetLastWriteTimeUtc(first.Steps[0].Folder);
        var again = await RunAsync("second", new PipelineOptions { From = "base" }, ("base", Train(1)));
        Assert.Equal(Path.Combine(runs.Path, "second", "base"), Path.GetDirectoryName(again.Steps[0].Folder));
        Assert.Equal(written, Directory.GetLastWriteTimeUtc(first.Steps[0].Folder));

        // What is gone is made anew.
        Directory.Delete(Path.Combine(runs.Path, "first"), recursive: true);
        Directory.Delete(Path.Combine(runs.Path, "second", "base"), recursive: true);
        Assert.Equal("it has not run yet", Pipeline("second", ("base", Train(1))).Plan(In())[0].Why);
    }

    private static TrainStep Train(int seed) =>
        new()
        {
            Recipe = new Recipe
            {
                Name = "letters",
                Model = new NewDecoder
                {
                    VocabularySize = 300,
                    HiddenSize = 16,
                    Layers = 1,
                    Heads = 2,
                },
                Tasks = [new TaskShare(new LettersPrompt(Task))],
                Budget = new Budget { Steps = 1 },
                Device = "cpu",
                Seed = seed,
            },
        };

    private static Pipeline Pipeline(string name, params (string Name, Step Verb)[] steps) =>
        new() { Name = name, Steps = steps.ToDictionary(step => step.Name, step => new PipelineStep { Verb = step.Verb }) };

    private Task<FinishedPipeline> RunAsync(string name, params (string Name, Step Verb)[] steps) =>
        RunAsync(name, new PipelineOptions(), steps);

    private Task<FinishedPipeline> RunAsync(string name, PipelineOptions options, params (string Name, Step Verb)[] steps) =>
        Pipeline(name, steps).RunAsync(options with { Runs = In().Runs }, cancellationToken: TestContext.Current.CancellationToken);

    private PipelineOptions In() =>
        new()
        {
            Runs = new RunOptions { RunsDirectory = runs.Path, ProjectDirectory = runs.Path },
        };
}
