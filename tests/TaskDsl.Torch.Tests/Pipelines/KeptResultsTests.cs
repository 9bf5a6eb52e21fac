using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Pipelines;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Runs;
using TaskDsl.Torch.Tests.Training;
using Xunit;

namespace TaskDsl.Torch.Tests.Pipelines;

/// <summary>What is kept of a step: what a kill leaves, and what of a model's folder shapes a result.</summary>
public sealed class KeptResultsTests : IDisposable
{
    private static readonly LettersTask Task = new();
    private readonly TempFolder project = new();

    public void Dispose() => project.Dispose();

    [Fact]
    public async Task What_was_all_written_takes_its_place_and_what_it_replaces_goes()
    {
        var data = new DataStep { Task = Task, Examples = [NamedExamples.Gold] };
        var made = (await RunAsync(data)).Steps[0].Folder;
        var inner = Directory.CreateDirectory(Path.Combine(made, "run.old")).FullName; // A run's own, which looks after itself.
        Directory.Move(made, made + ".part");
        Directory.CreateDirectory(made + ".old");
        Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(made)!, "half.part")); // It has no record: not all was written.

        var again = await RunAsync(data);
        Assert.Null(again.Steps[0].Why);
        Assert.True(Directory.Exists(inner));
        Assert.Equal(
            [Path.GetFileName(made), "half.part"],
            Directory.GetDirectories(Path.GetDirectoryName(made)!).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal)
        );
    }

    /// <summary>A run's model lies in <c>best</c>, an adapter stands on others: whatever of it changes, the step runs again.</summary>
    [Fact]
    public void Every_file_that_a_model_is_made_of_shapes_the_result()
    {
        var (file, below) = (Model("runs/x/best", on: "adapters/first"), Model("adapters/first", on: "models/base"));
        var bottom = Model("models/base", on: null);
        File.WriteAllText(Path.Combine(project.Path, "runs", "x", "report.md"), "nothing of the model's");
        File.WriteAllText(Path.Combine(project.Path, "inputs.jsonl"), "");
        var before = Shape();
        foreach (var changed in (string[])[file, below, bottom])
        {
            File.WriteAllText(changed, "other weights");
            Assert.NotEqual(before, before = Shape());
        }

        File.WriteAllText(Path.Combine(project.Path, "runs", "x", "report.md"), "another report");
        Assert.Equal(before, Shape());
        Assert.Contains(
            "'runs/y' is no model's folder",
            Assert.Throws<RunException>(() => Shape("runs/y")).Message,
            StringComparison.Ordinal
        );

        string Shape(string model = "runs/x")
        {
            var step = new GenerateStep
            {
                Model = model,
                Task = Task,
                Prompt = new LettersPrompt(Task),
                From = "inputs.jsonl",
            };
            return Pipeline(step).Plan(In())[0].Shape.Hash;
        }
    }

    /// <summary>A folder that looks like a model's, or like an adapter's for the model in another folder.</summary>
    /// <returns>Its weights.</returns>
    private string Model(string folder, string? on)
    {
        var path = Directory.CreateDirectory(Path.Combine(project.Path, folder)).FullName;
        var (config, weights) = on is null ? ("config.json", "model.safetensors") : ("adapter_config.json", "adapter_model.safetensors");
        File.WriteAllText(Path.Combine(path, config), on is null ? "{}" : $$"""{"base_model_name_or_path": "{{on}}"}""");
        File.WriteAllText(Path.Combine(path, weights), "weights");
        return Path.Combine(path, weights);
    }

    private Task<FinishedPipeline> RunAsync(Step verb) =>
        Pipeline(verb).RunAsync(In(), cancellationToken: TestContext.Current.CancellationToken);

    private static Pipeline Pipeline(Step verb) =>
        new()
        {
            Name = "kept",
            Steps = new Dictionary<string, PipelineStep> { ["made"] = new() { Verb = verb } },
        };

    private PipelineOptions In() =>
        new()
        {
            Runs = new RunOptions { RunsDirectory = Path.Combine(project.Path, "kept"), ProjectDirectory = project.Path },
        };
}
