using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Data.Splits;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Objectives.Losses;
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
            OneModelPerTask = true,
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

        var other = new Seen();
        using var third = await (recipe with { Name = "third", Evaluation = recipe.Evaluation with { Limit = 1 } }).RunAsync(
            options,
            other
        );
        Assert.Contains(other.Values, p => p.Phase == RunPhase.EvaluatingBefore);
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

    [Fact]
    public async Task A_loss_that_is_not_finite_stops_with_step_records_and_last_checkpoint()
    {
        using var folder = new TempFolder();
        var recipe = TinyModel.Recipe(TinyModel.Write(folder.File("model"))) with
        {
            Objective = new BreaksAt { Step = 5 },
            Checkpoints = new CheckpointPlan { Every = 2 },
        };
        var error = await Assert.ThrowsAsync<TrainingDivergedException>(() => recipe.RunAsync(Options(folder) with { Evaluate = false }));
        Assert.Contains("stopped at step 5 of ", error.Message, StringComparison.Ordinal);
        Assert.Contains("step-4", error.Message, StringComparison.Ordinal);
        Assert.Contains(".dll(", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("in batch", error.Message, StringComparison.Ordinal);
        Assert.Equal("diverged", (string?)RunFolder.Read<JsonObject>(folder.File("runs/tiny/run.json"))["status"]);
    }

    /// <summary>The gradients of a step are one sum, whose norm does not say which batch broke it.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public async Task Of_several_batches_the_one_that_is_not_finite_is_named(bool gradients)
    {
        using var folder = new TempFolder();
        var objective = new BreaksOn { Gradients = gradients };
        var recipe = TinyModel.Recipe(TinyModel.Write(folder.File("model"))) with
        {
            Objective = objective,
            Batch = new Batch
            {
                Rows = 1,
                SequenceLength = 32,
                Accumulation = 4,
            },
            Dropout = 0.1,
        };
        var error = await Assert.ThrowsAsync<TrainingDivergedException>(() => recipe.RunAsync(Options(folder) with { Evaluate = false }));
        var index = objective.Seen.FindIndex(BreaksOn.Breaks);
        Assert.Contains($"at step {index / 4 + 1} of ", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            $", in batch {index % 4 + 1} of 4: the {(gradients ? "norm of the gradients" : "loss")} is ",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            $"The batch's records: {string.Join(", ", objective.Seen[index].Origins)}.",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Data_that_does_not_fit_says_so_before_anything_is_trained()
    {
        using var folder = new TempFolder();
        var recipe = TinyModel.Recipe(TinyModel.Write(folder.File("model"))) with { Batch = new Batch { SequenceLength = 8 } };
        var error = await Assert.ThrowsAsync<DataException>(() => recipe.RunAsync(Options(folder)));
        Assert.Contains("do not fit into a row of 8 tokens", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_part_that_came_out_empty_is_said()
    {
        using var folder = new TempFolder();
        var recipe = TinyModel.Recipe(TinyModel.Write(folder.File("model"))) with
        {
            Tasks = [new TaskShare(new LettersPrompt(new UntestedTask()))],
            Budget = new Budget { Steps = 1 },
        };
        var seen = new Seen();
        using var run = await recipe.RunAsync(Options(folder), seen);
        var notice = Assert.Single(seen.Values, v => v.Notice is not null).Notice;
        Assert.Equal("task 'letters' has no example in its test part: what it learns is not measured.", notice);
        Assert.Equal(
            notice,
            (string?)Assert.Single(RunFolder.Read<JsonObject>(Path.Combine(run.Folder, "run.json"))["warnings"]!.AsArray())
        );
    }

    [Fact]
    public async Task Answers_that_are_too_short_for_the_gold_ones_are_said_before_anything_is_measured()
    {
        using var folder = new TempFolder();
        var recipe = TinyModel.Recipe(TinyModel.Write(folder.File("model"))) with
        {
            Tasks = [new TaskShare(new LettersPrompt(new LongLettersTask()))],
            Budget = new Budget { Steps = 1 },
        };
        var seen = new Seen();
        using var run = await recipe.RunAsync(Options(folder), seen);
        Assert.StartsWith(
            "task 'long': the gold answers of ",
            Assert.Single(seen.Values.TakeWhile(v => v.Phase == RunPhase.Preparing), v => v.Notice is not null).Notice,
            StringComparison.Ordinal
        );
        Assert.Single(RunFolder.Read<JsonObject>(Path.Combine(run.Folder, "run.json"))["warnings"]!.AsArray());
        Assert.InRange(Assert.Single(run.After.Tasks).Unreachable, 1, run.After.Tasks[0].Examples - 1);
        var quiet = new Seen();
        using var other = await recipe.RunAsync(Options(folder) with { Evaluate = false }, quiet);
        Assert.DoesNotContain(quiet.Values, v => v.Notice is not null);
    }

    [Fact]
    public async Task What_recipe_model_and_prompts_cannot_agree_on_is_said_before_anything_is_trained()
    {
        using var folder = new TempFolder();
        var recipe = TinyModel.Recipe(TinyModel.Write(folder.File("model")));
        await Refused(recipe with { Batch = new Batch { SequenceLength = 65 } }, "at most 64 tokens");
        await Refused(recipe with { Tasks = [.. recipe.Tasks, .. recipe.Tasks] }, "'letters' stands twice");
        await Refused(recipe with { Model = recipe.Model with { ChatFormat = new Strange() } }, "needs the token '<|strange|>'");
        await Refused(recipe with { Model = TinyModel.Source, Tuning = new Lora() }, "a new model needs tuning: full");

        async Task Refused(Recipe wrong, string message) =>
            Assert.Contains(
                message,
                (await Assert.ThrowsAsync<RunException>(() => wrong.RunAsync(Options(folder) with { Evaluate = false }))).Message,
                StringComparison.Ordinal
            );
    }

    internal static RunOptions Options(TempFolder folder) => new() { ProjectDirectory = folder.Path };

    internal static JsonObject[] Lines(FinishedRun run) =>
        [.. File.ReadLines(Path.Combine(run.Folder, "metrics.jsonl")).Select(l => JsonNode.Parse(l)!.AsObject())];

    private sealed class Seen : IProgress<TrainingProgress>
    {
        public List<TrainingProgress> Values { get; } = [];

        public void Report(TrainingProgress value) => Values.Add(value);
    }

    private sealed class UntestedTask : LettersTask
    {
        public override Split Split => new RandomSplit { Test = 1e-9, Validation = 0.3 };
    }

    /// <summary>An objective of a user's own: what the answers cost, changed.</summary>
    private abstract record Changed : Objective
    {
        public override ObjectiveRun Start(ObjectiveStart start) => new Run(this, new Supervised().Start(start));

        protected abstract torch.Tensor Change(torch.Tensor sum, Torch.Batches.TokenBatch batch);

        private sealed class Run(Changed objective, ObjectiveRun plain) : ObjectiveRun
        {
            public override double[] Count(Torch.Batches.TokenBatch batch) => plain.Count(batch);

            public override LossSum[] Loss(ForwardPass pass)
            {
                var sum = plain.Loss(pass)[0].Sum;
                return [new(torch.is_grad_enabled() ? objective.Change(sum, pass.Batch) : sum)];
            }
        }
    }

    /// <summary>Gives NaN at one step.</summary>
    private sealed record BreaksAt : Changed
    {
        private int calls;

        public int Step { get; init; }

        protected override torch.Tensor Change(torch.Tensor sum, Torch.Batches.TokenBatch batch) =>
            ++calls == Step ? sum * double.NaN : sum;
    }

    /// <summary>An objective whose losses or gradients are not finite for some texts.</summary>
    private sealed record BreaksOn : Changed
    {
        public bool Gradients { get; init; }

        /// <summary>All batches that were learned from.</summary>
        public List<Torch.Batches.TokenBatch> Seen { get; } = [];

        public static bool Breaks(Torch.Batches.TokenBatch batch) => batch.Ids.ToArray().Sum() % 11 == 0;

        protected override torch.Tensor Change(torch.Tensor sum, Torch.Batches.TokenBatch batch)
        {
            Seen.Add(batch);
            if (!Breaks(batch))
                return sum;
            return Gradients ? sum + (sum - sum.detach()).sqrt() : sum / 0;
        }
    }

    private sealed record Strange : Prompts.ChatFormat
    {
        public override IReadOnlyList<string> SpecialTokens => ["<|strange|>"];

        public override void BeginMessage(Prompts.PromptBuffer buffer, Prompts.Role role) => throw new NotSupportedException();

        public override void EndMessage(Prompts.PromptBuffer buffer, Prompts.Role role, bool answer) => throw new NotSupportedException();
    }
}
