using TaskDsl.HuggingFace;
using TaskDsl.HuggingFace.NewTokenizers;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Decoding;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Heads;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Torch.Opening;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Optimizers;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Runs;
using TaskDsl.Torch.Schedules;
using TaskDsl.Torch.Training;
using TaskDsl.Torch.Tuning;
using Xunit;

namespace TaskDsl.Torch.Tests.Training;

/// <summary>Whole runs by each objective, and on each kind of model.</summary>
public sealed class ObjectiveRunTests : TorchTest
{
    private static readonly NewEncoder Encoder = new()
    {
        VocabularySize = 300,
        HiddenSize = 32,
        Layers = 1,
        Heads = 2,
        MaxPositions = 64,
        Tokenizer = new WordPiece { MinimumFrequency = 1_000_000 },
    }; // Letters, no words.

    [Fact]
    public async Task A_head_learns_a_task_and_answers_it_typed_also_as_an_adapter()
    {
        using var folder = new TempFolder();
        var recipe = Recipe(Encoder, new Classification()) with
        {
            Name = "head",
            Tasks = [new TaskShare(new LettersPrompt(new HeadLettersTask()))],
            Optimizer = new AdamW { LearningRate = 3e-3 },
            Budget = new Budget { Epochs = 20 },
        };
        using (var run = await recipe.RunAsync(Options(folder)))
        {
            Assert.Equal(1, run.After["letters", "en", "accuracy"]!.Value);
            Assert.Equal(
                "d",
                (await run.Model.PredictAsync(new HeadLettersTask(), recipe.Tasks[0].Prompt, new LettersInput("DXY"))).Letter
            );
        }

        var base_ = Path.Combine(folder.Path, "runs", "head", "best");
        var adapted = recipe with
        {
            Name = "adapted",
            Model = new Pretrained { Path = base_ },
            Tuning = new Lora { Rank = 2, Sites = [Site.Query, Site.Value] },
            Budget = new Budget { Steps = 5 },
        };
        using (var run = await adapted.RunAsync(Options(folder)))
            Assert.Equal(1, run.After["letters", "en", "accuracy"]!.Value);
        using var read = LoadedModel.Load(Path.Combine(folder.Path, "runs", "adapted", "best")); // The adapter says which head.
        Assert.Equal(["a", "b", "c", "d", "e"], read.Model.Config.Labels);
        var other = await Assert.ThrowsAsync<ModelException>(() =>
            read.PredictAsync(new OtherLetters(), new LettersPrompt(new OtherLetters()), new LettersInput("DXY"))
        );
        Assert.Contains("not what task 'other'", other.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_way_of_decoding_that_cannot_be_is_refused_before_training()
    {
        using var folder = new TempFolder();
        var recipe = Recipe(Encoder, new Classification()) with
        {
            Tasks = [new TaskShare(new LettersPrompt(new HeadLettersTask()))],
            Evaluation = new EvaluationPlan { Decoding = new Beam() },
        };
        var error = await Assert.ThrowsAsync<RunException>(() => recipe.RunAsync(Options(folder)));
        Assert.Contains("decoding 'beam': a bert answers by its head and writes no tokens", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_encoder_learns_to_find_hidden_tokens_and_its_body_serves_a_head()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(
            folder.File("corpus.txt"),
            string.Join(
                "\n\n",
                Enumerable.Range(0, 60).Select(i => $"The cat number {i} sat on the mat.\nThen it slept, and then it ate {i} mice.")
            )
        );
        var recipe = Recipe(Encoder with { VocabularySize = 500, Tokenizer = new WordPiece() }, new MaskedLm()) with
        {
            Name = "masked",
            Tasks = [],
            Corpus = ["corpus.txt"],
            Budget = new Budget { Epochs = 40 },
        };
        double[] losses;
        using (var run = await recipe.RunAsync(Options(folder)))
            losses = Validation(run);
        Assert.True(losses[^1] < losses[0] / 2, string.Join(" ", losses));
        using var model = LoadedModel.Load(
            Path.Combine(folder.Path, "runs", "masked", "best"),
            head: new HeadRequest(new SequenceClassificationHead(), ["x", "y"])
        );
        Assert.Equal(["x", "y"], model.Model.Config.Labels);
        Assert.Equal(2, model.Model.Parameters["classifier.weight"].size(0));
    }

    [Fact]
    public async Task An_encoder_decoder_reads_a_text_and_writes_another()
    {
        using var folder = new TempFolder();
        var recipe = Recipe(
            new NewEncoderDecoder
            {
                VocabularySize = 300,
                HiddenSize = 32,
                Layers = 1,
                Heads = 2,
                Tokenizer = new Bpe { MinimumFrequency = 1_000_000 },
            },
            new Supervised()
        ) with
        {
            Tasks = [new TaskShare(new LettersPrompt(new HeadLettersTask()))],
            Optimizer = new AdamW { LearningRate = 5e-3 },
            Budget = new Budget { Epochs = 60 },
        };
        using var run = await recipe.RunAsync(Options(folder));
        Assert.InRange(run.After["letters", "en", "accuracy"]!.Value, 0.6, 1); // By chance: 0.2.
    }

    [Theory]
    [InlineData("dpo"), InlineData("contrastive"), InlineData("distillation"), InlineData("sum")]
    public async Task The_loss_falls(string word)
    {
        using var folder = new TempFolder();
        var model = TinyModel.Write(folder.File("model"));
        var teacher = word == "distillation" ? await Teacher(folder, model) : "";
        Objective objective = word switch
        {
            "dpo" => new Dpo(),
            "sum" => new Sum { Terms = [new Supervised(), new Contrastive { Pooling = Pooling.Last }], Weights = [1, 0.5] },
            "contrastive" => new Contrastive { Pooling = Pooling.Last },
            _ => new Distillation { Teacher = teacher, Weight = 1 },
        };
        var recipe = Recipe(new Pretrained { Path = model }, objective) with { Optimizer = new AdamW { LearningRate = 3e-3 } };
        if (word == "dpo")
            recipe = recipe with { Tasks = [new TaskShare(new LettersPrompt(new PreferencesTask()))] };
        using var run = await recipe.RunAsync(Options(folder));
        var losses = Validation(run);
        Assert.True(losses.Min() < losses[0] * 0.7, string.Join(" ", losses));
        if (word == "dpo")
            Assert.Equal(Math.Log(2), losses[0], 1e-4);
        if (word == "dpo")
            Assert.InRange(Validation(run, "validation_reward_accuracy")[^1], 0.9, 1); // By chance: 0.5.
        if (word == "sum")
            Assert.Equal(
                losses,
                Validation(run, "validation_supervised_loss")
                    .Zip(Validation(run, "validation_contrastive_loss"), (tokens, pairs) => tokens + 0.5 * pairs)
            );
        Assert.Equal(word is "distillation" or "sum", run.After.Tasks.Count > 0); // What does not teach answers is not measured by them.
    }

    [Fact]
    public async Task A_contrast_with_nothing_is_refused()
    {
        using var folder = new TempFolder();
        var recipe = Recipe(new Pretrained { Path = TinyModel.Write(folder.File("model")) }, new Contrastive());
        var error = await Assert.ThrowsAsync<MisfitException>(() =>
            (
                recipe with
                {
                    Batch = new Batch
                    {
                        Rows = 1,
                        SequenceLength = 32,
                        Packing = false,
                    },
                }
            ).RunAsync(Options(folder))
        );
        Assert.Contains("Set batch.rows to 2 or more", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_killed_preference_run_goes_on_with_the_same_reference()
    {
        using var folder = new TempFolder();
        var model = TinyModel.Write(folder.File("model"));
        var recipe = Recipe(new Pretrained { Path = model }, new Dpo()) with
        {
            Tasks = [new TaskShare(new LettersPrompt(new PreferencesTask()))],
            Budget = new Budget { Steps = 12 },
            Checkpoints = new CheckpointPlan { Every = 4 },
        };
        using var whole = await recipe.RunAsync(Options(folder));
        using var stop = new CancellationTokenSource();
        var stopped = recipe with { Name = "stopped" };
        await Assert.ThrowsAsync<RunInterruptedException>(() => stopped.RunAsync(Options(folder), new StopAt(5, stop), stop.Token));
        using var resumed = await stopped.RunAsync(Options(folder) with { Resume = true });
        foreach (var (name, parameter) in whole.Model.Model.Parameters)
            Close(parameter, resumed.Model.Model.Parameters[name], 0);
    }

    [Fact]
    public async Task A_teacher_of_another_vocabulary_is_refused()
    {
        using var folder = new TempFolder();
        using (
            var other = (TinyModel.Source with { VocabularySize = 290 }).Open(
                new ModelRequest { ProjectDirectory = ".", Corpus = [new("aaab aaab ab ab abab"u8.ToArray())] }
            )
        )
            other.Save(Directory.CreateDirectory(folder.File("other")).FullName);
        var recipe = Recipe(
            new Pretrained { Path = TinyModel.Write(folder.File("model")) },
            new Distillation { Teacher = folder.File("other") }
        );
        Assert.Contains(
            "another vocabulary",
            (await Assert.ThrowsAsync<ModelException>(() => recipe.RunAsync(Options(folder)))).Message,
            StringComparison.Ordinal
        );
    }

    private static async Task<string> Teacher(TempFolder folder, string model)
    {
        using var run = await (Recipe(new Pretrained { Path = model }, new Supervised()) with { Name = "teacher" }).RunAsync(
            Options(folder)
        );
        return Path.Combine(run.Folder, "best");
    }

    private static Recipe Recipe(ModelSource model, Objective objective) =>
        new()
        {
            Name = "tiny",
            Model = model,
            Objective = objective,
            Tasks = [new TaskShare(new LettersPrompt(new LettersTask()))],
            Optimizer = new AdamW { LearningRate = 1e-2 },
            Schedule = new Cosine { WarmUp = 0.1 },
            Batch = new Batch { Rows = 8, SequenceLength = 32 },
            Budget = new Budget { Epochs = 40 },
            Evaluation = new EvaluationPlan { MaxNewTokens = 4 },
            Device = "cpu",
        };

    private static RunOptions Options(TempFolder folder) => TrainingRunTests.Options(folder);

    private static double[] Validation(FinishedRun run, string name = "validation_loss") =>
        [
            .. File.ReadLines(Path.Combine(run.Folder, "metrics.jsonl"))
                .Select(line => System.Text.Json.Nodes.JsonNode.Parse(line)![name])
                .Where(value => value is not null)
                .Select(value => (double)value!),
        ];

    private sealed class OtherLetters() : HeadLettersTask("other")
    {
        public override IReadOnlyList<Tasks.FieldInfo> OutputFields => [new("letter", "label", "", ["x", "y"])];
    }

    private sealed class StopAt(int step, CancellationTokenSource stop) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Phase == RunPhase.Training && value.Step == step)
                stop.Cancel();
        }
    }
}
