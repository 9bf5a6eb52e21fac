using System.Text.Json.Nodes;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Groupings;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Runs;
using TaskDsl.Torch.Training;
using TaskDsl.Torch.Tuning;
using TorchSharp;
using Xunit;

namespace TaskDsl.Torch.Tests.Training;

/// <summary>Whole runs of a tiny model.</summary>
public sealed class TrainingRunTests : TorchTest
{
    [Fact]
    public async Task A_run_learns_and_its_folder_says_everything()
    {
        using var folder = new TempFolder();
        var recipe = TinyModel.Recipe(TinyModel.Write(folder.File("model")));
        var seen = new Seen();
        using var run = await recipe.RunAsync(Options(folder), seen);

        Assert.Equal(1, run.After["letters", "en", "accuracy"]!.Value);
        Assert.True(run.Before["letters", "en", "accuracy"]!.Value < 0.7);
        var record = RunFolder.Read<JsonObject>(Path.Combine(run.Folder, "run.json"));
        Assert.Equal("finished", (string?)record["status"]);
        Assert.Equal(0.01, (double?)record["recipe"]?["optimizer"]?["adamw"]?["learning_rate"]);
        Assert.Equal("float32", (string?)record["recipe"]?["precision"]);
        Assert.Equal("letters", (string?)record["recipe"]?["tasks"]?[0]?["prompt"]);
        Assert.NotNull((string?)record["data"]?["letters"]?["fingerprint"]);
        var lines = Lines(run);
        var steps = (int)record["batches"]!["steps"]!;
        Assert.Equal(Enumerable.Range(1, steps), lines.Where(l => l["loss"] is not null).Select(l => (int)l["step"]!));
        Assert.True((double)lines.Last(l => l["loss"] is not null)["loss"]! < 0.1);
        Assert.Equal(
            lines.Where(l => l["validation_loss"] is not null && (int)l["step"]! > 0).Min(l => (double)l["validation_loss"]!),
            (double)record["best_validation_loss"]!
        );
        Assert.Equal(2, Directory.GetDirectories(Path.Combine(run.Folder, "checkpoints")).Length);
        Assert.Single(Directory.GetFiles(run.Folder, "events.out.tfevents.*"));
        Assert.Equal(
            [RunPhase.Preparing, RunPhase.EvaluatingBefore, RunPhase.Training, RunPhase.EvaluatingAfter, RunPhase.Done],
            seen.Values.Select(v => v.Phase).Distinct()
        );
        Assert.All(seen.Values.Where(v => v.Phase == RunPhase.Training), v =>
            Assert.True(v is { Loss: > 0, TokensPerSecond: > 0, Eta: not null, Steps: > 0 })
        );
        using var read = LoadedModel.Load(Path.Combine(run.Folder, "best"));
        foreach (var (name, parameter) in run.Model.Decoder.Parameters)
            Close(parameter, read.Decoder.Parameters[name], 0);
    }

    [Fact]
    public async Task A_low_rank_run_saves_an_adapter_that_gives_the_same_model_again()
    {
        using var folder = new TempFolder();
        var recipe = TinyModel.Recipe(Path.GetFileName(TinyModel.Write(folder.File("model")))) with
        {
            Tuning = new Lora { Rank = 4 },
            Optimizer = new Torch.Optimizers.AdamW { LearningRate = 5e-3 },
        };
        using var run = await recipe.RunAsync(Options(folder));
        Assert.True(
            run.After["letters", "en", "accuracy"]!.Value > run.Before["letters", "en", "accuracy"]!.Value,
            $"{run.Before["letters", "en", "accuracy"]!.Value} became {run.After["letters", "en", "accuracy"]!.Value}"
        );
        Assert.Equal(
            ["adapter_config.json", "adapter_model.safetensors"],
            Directory.GetFiles(Path.Combine(run.Folder, "best")).Select(f => Path.GetFileName(f)).Order()
        );
        using var model = LoadedModel.Load(Path.Combine(run.Folder, "best")); // It names the model that it was made for.
        var ids = torch.tensor(new long[] { 5, 6, 7 }, [1, 3]);
        Close(run.Model.Decoder.Hidden(ids), model.Decoder.Hidden(ids), 0);
        using var untuned = LoadedModel.Load(folder.File("model"));
        Assert.True((untuned.Decoder.Hidden(ids) - model.Decoder.Hidden(ids)).abs().max().ToDouble() > 0.01);
    }

    [Fact]
    public async Task Each_task_can_get_a_model_of_its_own()
    {
        using var folder = new TempFolder();
        var recipe = TinyModel.Recipe(TinyModel.Write(folder.File("model")), "one", "two") with
        {
            OneModelPer = new TaskGrouping(),
            Budget = new Budget { Steps = 3 },
        };
        using var run = await recipe.RunAsync(Options(folder));
        Assert.Equal(["one", "two"], run.Parts.Select(p => p.Name));
        Assert.Equal(["one", "two"], run.After.Tasks.Select(t => t.Prompt));
        Assert.Same(run.Parts[1].Model, run.ModelFor(recipe.Tasks[1].Prompt));
        Assert.Throws<InvalidOperationException>(() => run.Model);
        Assert.True(File.Exists(Path.Combine(run.Folder, "two", "best", "model.safetensors")));
    }

    [Fact]
    public async Task A_new_model_is_pretrained_on_plain_text()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(
            folder.File("corpus.txt"),
            string.Join(
                "\n\n",
                Enumerable.Range(0, 40).Select(i => $"The cat number {i} sat on the mat.\nThen it slept, and then it ate {i} mice.")
            )
        );
        var recipe = TinyModel.Recipe("") with
        {
            Model = TinyModel.Source,
            Tasks = [],
            Corpus = ["*.txt"],
            Objective = new CausalLm(),
            Budget = new Budget { Epochs = 20 },
        };
        using var run = await recipe.RunAsync(Options(folder));
        var lines = Lines(run).Where(l => l["validation_loss"] is not null).ToArray();
        Assert.True((double)lines[^1]["validation_loss"]! < (double)lines[0]["validation_loss"]! / 2);
        using var read = LoadedModel.Load(Path.Combine(run.Folder, "best"));
        Assert.Equal(run.Model.Tokenizer.Fingerprint, read.Tokenizer.Fingerprint);
    }

    [Fact]
    public async Task A_task_of_weight_0_is_read_by_the_new_tokenizer_alone()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(
            folder.File("corpus.txt"),
            string.Join("\n\n", Enumerable.Range(0, 40).Select(i => $"The cat number {i} sat on the mat."))
        );
        var plain = TinyModel.Recipe("") with
        {
            Model = TinyModel.Source,
            Tasks = [],
            Corpus = ["*.txt"],
            Objective = new CausalLm(),
            Budget = new Budget { Steps = 2 },
        };
        using var without = await plain.RunAsync(Options(folder));
        using var with = await (plain with { Tasks = [.. TinyModel.Recipe("").Tasks.Select(t => t with { Weight = 0 })] }).RunAsync(
            Options(folder)
        );
        Assert.NotEqual(without.Model.Tokenizer.Fingerprint, with.Model.Tokenizer.Fingerprint);
        Assert.Empty(with.After.Tasks);
    }

    [Fact]
    public async Task Runs_that_start_from_one_model_measure_it_once()
    {
        using var folder = new TempFolder();
        var recipe = TinyModel.Recipe(TinyModel.Write(folder.File("model")), "one", "two") with { Budget = new Budget { Steps = 1 } };
        var options = Options(folder);
        using var first = await recipe.RunAsync(options);
        var seen = new Seen();
        using var second = await (recipe with { Name = "second", Tasks = [recipe.Tasks[1]] }).RunAsync(options, seen);
        Assert.DoesNotContain(seen.Values, p => p.Phase == RunPhase.EvaluatingBefore);
        Assert.Equal(first.Before.Tasks.Where(t => t.Prompt == "two"), second.Before.Tasks);

        // Other questions, or other numbers on a GPU, have other answers.
        foreach (var changed in (Recipe[])[recipe with { Evaluation = recipe.Evaluation with { Limit = 1 } }, recipe with { Tf32 = false }])
        {
            var other = new Seen();
            using var third = await (changed with { Name = "third" }).RunAsync(options, other);
            Assert.Contains(other.Values, p => p.Phase == RunPhase.EvaluatingBefore);
        }
    }

    [Fact]
    public async Task An_earlier_run_is_moved_aside()
    {
        using var folder = new TempFolder();
        var recipe = TinyModel.Recipe(TinyModel.Write(folder.File("model"))) with { Budget = new Budget { Steps = 1 } };
        foreach (var _ in Enumerable.Range(0, 3))
            (await recipe.RunAsync(Options(folder) with { Evaluate = false })).Dispose();
        Assert.Equal(
            ["tiny", "tiny.1", "tiny.2"],
            Directory.GetDirectories(folder.File("runs"), "tiny*").Select(f => Path.GetFileName(f)).Order()
        );
    }

    [Fact]
    public async Task BFloat16_trains_too()
    {
        using var folder = new TempFolder();
        var recipe = TinyModel.Recipe(TinyModel.Write(folder.File("model"))) with { Precision = Precision.BFloat16 };
        using var run = await recipe.RunAsync(Options(folder) with { Evaluate = false });
        Assert.True((double)Lines(run).Last(l => l["loss"] is not null)["loss"]! < 0.2);
        Assert.All(run.Model.Decoder.Parameters.Values, p => Assert.Equal(torch.ScalarType.Float32, p.dtype));
    }

    internal static RunOptions Options(TempFolder folder) => new() { ProjectDirectory = folder.Path };

    internal static JsonObject[] Lines(FinishedRun run) =>
        [.. File.ReadLines(Path.Combine(run.Folder, "metrics.jsonl")).Select(l => JsonNode.Parse(l)!.AsObject())];

    internal sealed class Seen : IProgress<TrainingProgress>
    {
        public List<TrainingProgress> Values { get; } = [];

        public void Report(TrainingProgress value) => Values.Add(value);
    }
}
