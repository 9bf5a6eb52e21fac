using System.Text.Json.Nodes;
using Papers.Sources;
using TaskDsl.Data;
using TaskDsl.Torch.Pipelines;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;
using Xunit;

namespace Papers.Tests;

/// <summary>A word of a project's own shapes what is made with it: by its revision, or else by the project's build.</summary>
public sealed class OwnWordsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("papers-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_word_that_says_its_revision_outlives_a_build()
    {
        var revised = await ShapeAsync(new Rewrites { Count = 3 });
        Assert.Equal(1, (int)revised["revision of rewrites"]!);
        Assert.DoesNotContain(revised, part => part.Key.StartsWith("words of", StringComparison.Ordinal));

        var other = await ShapeAsync(new AlwaysTheSame { Count = 3 });
        Assert.Equal($"{typeof(AlwaysTheSame).Module.ModuleVersionId}", (string?)other["words of Papers.Tests"]);
        Assert.Equal(1, (int)other["revision of rewrites"]!); // The task's own examples are made with it.
    }

    private async Task<JsonObject> ShapeAsync(DataSource source)
    {
        var pipeline = new Pipeline
        {
            Name = "shapes",
            Steps = new Dictionary<string, PipelineStep>
            {
                ["some"] = new()
                {
                    Verb = new DataStep { Task = Rewrite.Task, Sources = [source] },
                },
            },
        };
        var options = new PipelineOptions
        {
            Runs = new() { RunsDirectory = folder, ProjectDirectory = folder },
        };
        var finished = await pipeline.RunAsync(options, cancellationToken: TestContext.Current.CancellationToken);
        return finished.Steps[0].Record!.Shape;
    }

    [Keyword("always_the_same")]
    private sealed record AlwaysTheSame : SyntheticSource
    {
        public override JsonObject Record(int number) =>
            new()
            {
                ["rule"] = "ab",
                ["text"] = "aaaaaaaaaa",
                ["result"] = "baaaaaaaaa",
            };
    }
}
