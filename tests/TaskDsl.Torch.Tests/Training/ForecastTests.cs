using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Forecasts;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Weights;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Opening;
using TaskDsl.Torch.Optimizers;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Runs;
using TaskDsl.Torch.Tests.Objectives;
using TaskDsl.Torch.Tuning;
using TaskDsl.Vocabulary;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Training;

public sealed class ForecastTests : TorchTest
{
    private static readonly NewDecoder Shape = new()
    {
        HiddenSize = 256,
        Layers = 4,
        Heads = 4,
        VocabularySize = 8192,
    };

    private static readonly Recipe Plain = TinyModel.Recipe("") with
    {
        Model = Shape,
        Batch = new Batch
        {
            Rows = 8,
            SequenceLength = 256,
            Packing = false,
        },
    };

    private static readonly Dictionary<string, Recipe> Shapes = new()
    {
        ["plain"] = Plain,
        ["more rows"] = Plain with { Batch = Plain.Batch with { Rows = 12 } },
        ["checkpointed"] = Plain with { Batch = Plain.Batch with { Rows = 12 }, ActivationCheckpointing = true },
        ["lora"] = Plain with { Batch = Plain.Batch with { Rows = 12 }, Tuning = new Lora() },
        ["nf4"] = Plain with
        {
            Model = new NewDecoder
            {
                HiddenSize = 512,
                Layers = 4,
                Heads = 8,
                VocabularySize = 4096,
            },
            Batch = Plain.Batch with { Rows = 1 },
            Tuning = new Lora(),
        },
        ["wide vocabulary, adamw_8bit"] = Plain with { Model = Shape with { VocabularySize = 40_000 }, Optimizer = new AdamW8Bit() },
    };

    public static TheoryData<string> Names => [.. Shapes.Keys];

    /// <summary>Where malloc gives every tensor's memory back at once, a run takes the same each time.</summary>
    [Theory, MemberData(nameof(Names))]
    public async Task The_memory_that_is_forecast_is_the_memory_that_a_process_takes(string name)
    {
        var (forecast, most) = await MeasureAsync(name, "MALLOC_MMAP_THRESHOLD_=65536");
        Assert.InRange((forecast.Peak - forecast.Fragments) / most, 0.9, 1.1);
    }

    /// <summary>What malloc keeps in pieces differs from run to run.</summary>
    [Theory, InlineData("more rows"), InlineData("checkpointed")]
    public async Task What_malloc_keeps_is_forecast_roughly(string name)
    {
        var (forecast, most) = await MeasureAsync(name);
        Assert.InRange(forecast.Peak / most, 0.7, 1.4);
    }

    /// <summary>The benchmark <c>memory-forecasts</c> measures such a run, which is too large for a test.</summary>
    [Fact]
    public void Tensors_with_pages_of_their_own_leave_no_pieces()
    {
        Assert.InRange(ShareInPieces(127), 0.3, 1.1);
        Assert.InRange(ShareInPieces(128), 0, 0.1);
        Assert.InRange(ShareInPieces(65536), 0, 0.1);

        static double ShareInPieces(int rows)
        {
            var forecast = MemoryForecast.Of(
                Plain with
                {
                    Batch = Plain.Batch with { Rows = rows },
                },
                ConfigOf("plain"),
                new LargestBatch(rows, 256, 256),
                0,
                0,
                answers: false
            );
            return (double)forecast.Fragments / forecast.Activations;
        }
    }

    private static async Task<(MemoryForecast Forecast, double Most)> MeasureAsync(string name, params IEnumerable<string> environment)
    {
        using var child = ChildRun.Start("env", [.. environment, "dotnet", "exec", typeof(ForecastTests).Assembly.Location, "peak", name]);
        var (code, output, errors) = await child.EndAsync();
        Assert.True(code == 0, errors);
        var numbers = output.Split(' ').Select(n => double.Parse(n, CultureInfo.InvariantCulture)).ToArray();
        return (
            MemoryForecast.Of(Shapes[name], ConfigOf(name), LargestBatch.Allowed(Shapes[name].Batch), (long)numbers[0], 0, answers: false),
            numbers[1]
        );
    }

    /// <summary>The child: trains for six steps, and says what it had in use before and the most that it took.</summary>
    public static int Peak(string name)
    {
        TorchRuntime.Threads = 1;
        var (recipe, before) = (Shapes[name], MachineMemory.InUse());
        using var model = LanguageModel.Create(ConfigOf(name), 1);
        using var tuned = recipe.Tuning.Start(model, 1);
        using var flat = recipe.Optimizer.Flatten(tuned);
        using var optimizer = recipe.Optimizer.Start(flat);
        model.ActivationCheckpointing = recipe.ActivationCheckpointing;
        var freed = new FreedMemory();
        for (var step = 0; step < 4; step++)
        {
            if (step > 0)
                freed.Return();
            using var scope = NewDisposeScope();
            flat.ClearGradients();
            var row = new TokenSequence(
                [.. Enumerable.Range(0, 256).Select(i => i * 7 % 4000 + step)],
                [.. Enumerable.Range(0, 256).Select(i => i > 0)],
                new("made", 1)
            );
            var loss = new Supervised().Loss(
                model,
                new TokenBatch([.. Enumerable.Range(0, recipe.Batch.Rows).Select(_ => new[] { row })], 0)
            );
            Gradients.Backward(loss.Sum);
            flat.Normalise(loss.Count, 1);
            optimizer.Step(1);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{before} {MachineMemory.Most()}"));
        return 0;
    }

    [Fact]
    public async Task A_plan_counts_what_the_run_then_does_and_saves_nothing()
    {
        using var folder = new TempFolder();
        var recipe = TinyModel.Recipe(TinyModel.Write(folder.File("model"))) with { Tuning = new Lora { Rank = 4 } };
        var plan = Assert.Single(await recipe.PlanAsync(TrainingRunTests.Options(folder)));
        Assert.True(
            plan is { Fits: true, Remedies.Count: 0, Time: { Steps: > 0, PerStep.Ticks: > 0, Training.Ticks: > 0, Answers.Ticks: > 0 } }
        );
        Assert.False(Directory.Exists(folder.File("runs/tiny")));
        Assert.Empty(Directory.GetFiles(folder.Path));
        using var run = await recipe.RunAsync(TrainingRunTests.Options(folder));
        var record = RunFolder.Read<JsonObject>(Path.Combine(run.Folder, "run.json"));
        Assert.Equal(
            record["batches"]!.ToJsonString(),
            JsonSerializer.SerializeToNode(plan.Batches, DefinitionJson.Options)!.ToJsonString()
        );
        Assert.Equal((long)record["trained_parameters"]!, plan.Memory.TrainedParameters);
        Assert.Equal((long)record["model"]!["parameters"]!, plan.Memory.Parameters - plan.Memory.TrainedParameters);
        Assert.Equal(60, plan.Records.Train + plan.Records.Validation + plan.Records.Test);
    }

    [Fact]
    public async Task A_model_that_cannot_fit_is_planned_from_its_headers_and_refused_before_it_is_read()
    {
        using var folder = new TempFolder();
        LargeModel.Write(folder.File("large"), TinyModel.Write(folder.File("model")));
        var recipe = TinyModel.Recipe("large") with
        {
            Batch = new Batch { Rows = 8, SequenceLength = 64 },
        };
        var plan = Assert.Single(await recipe.PlanAsync(TrainingRunTests.Options(folder)));
        Assert.False(plan.Fits);
        Assert.Null(plan.Time);
        Assert.True(plan.Memory.Weights > 200e9);
        Assert.Equal(plan.Memory.Weights, plan.Memory.Gradients, 1e-3 * plan.Memory.Weights);
        Assert.Equal(2 * plan.Memory.Weights, plan.Memory.OptimizerState, 1e-3 * plan.Memory.Weights);
        Assert.NotEmpty(plan.Remedies);
        Assert.All(plan.Remedies, r => Assert.True(r.Peak < plan.Memory.Peak));

        var error = await Assert.ThrowsAsync<RunException>(() => recipe.RunAsync(TrainingRunTests.Options(folder)));
        Assert.Contains("it cannot fit", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("runs/tiny/run.json")));
    }

    private static LargestBatch Full => LargestBatch.Allowed(Plain.Batch);

    [Fact]
    public void Three_settings_that_make_a_run_fit_are_as_few_and_as_mild_as_possible()
    {
        var recipe = Plain with { Model = new Pretrained { Path = "" } };
        var whole = Take(recipe);
        var remedies = Remedy.Find(recipe, Full, (long)(whole * 0.9), Take);
        Assert.Equal(
            ["batch.rows=4 batch.accumulation=2", "activation_checkpointing=true", "precision=bfloat16"],
            remedies.Select(r => string.Join(' ', r.Settings))
        );
        Assert.All(remedies, r => Assert.True(r.Peak <= whole * 0.9));

        var several = Remedy.Find(recipe, Full, (long)(whole * 0.42), Take);
        Assert.All(several, r => Assert.True(r.Settings.Count > 2 && r.Peak <= whole * 0.42));
        Assert.True(Assert.Single(Remedy.Find(recipe, Full, 1000, Take)).Peak > 1000); // Nothing suffices: the least that there is.

        static long Take(Recipe changed) => MemoryForecast.Of(changed, ConfigOf("plain"), Full, 50_000_000, 0, answers: false).Peak;
    }

    [Fact]
    public void Rows_that_no_halving_reaches_and_changes_that_cost_memory_do_not_hide_a_remedy()
    {
        // 25 rows fit, which is a fifth of 125.
        var odd = Plain with { Batch = Plain.Batch with { Rows = 125 } };
        var largest = LargestBatch.Allowed(odd.Batch);
        var remedies = Remedy.Find(odd, largest, Take(odd with { Batch = odd.Batch with { Rows = 30 } }), Take);
        Assert.Equal("--set batch.rows=25 --set batch.accumulation=5", Words(remedies[0]));

        // All changes together may take more than some of them: bfloat16 keeps copies of frozen weights.
        var some = Remedy.Find(Plain, Full, 60, r => r.Precision == Precision.BFloat16 ? 100
            : r.ActivationCheckpointing ? 50
            : 70);
        Assert.Equal("--set activation_checkpointing=true", Words(some[0]));
        Assert.Equal(
            50,
            Assert
                .Single(Remedy.Find(Plain, Full, 10, r => r.Precision == Precision.BFloat16 ? 100
                        : r.ActivationCheckpointing ? 50
                        : 70))
                .Peak
        );

        long Take(Recipe changed) => MemoryForecast.Of(changed, ConfigOf("plain"), largest, 50_000_000, 0, answers: false).Peak;

        static string Words(Remedy remedy) => string.Join(' ', remedy.Settings.Select(s => $"--set {s}"));
    }

    [Fact]
    public void A_remedy_keeps_what_the_optimizer_was_told_and_says_what_becomes_of_longer_examples()
    {
        var recipe = Plain with
        {
            Optimizer = new AdamW
            {
                LearningRate = 1e-5,
                WeightDecay = 0.1,
                LayerDecay = 0.9,
            },
            Objective = new Contrastive(),
        };
        var remedies = Remedy.Find(recipe, Full, 1, r =>
            (r.Optimizer is AdamW8Bit ? 0 : 2) + (r.Batch.SequenceLength == 256 ? 2 : 0) + (r.Batch.Rows > 1 ? 1 : 0)
        );
        var settings = Assert.Single(remedies, r => r.Peak <= 1 && r.Settings.Count == 5).Settings;
        Assert.Equal(
            [
                "optimizer.adamw_8bit.weight_decay=0.1",
                "optimizer.adamw_8bit.learning_rate=1E-05",
                "optimizer.adamw_8bit.layer_decay=0.9",
                "batch.sequence_length=128",
                "batch.overlong=drop",
            ],
            settings.Order(Comparer<string>.Create((a, b) => Place(a) - Place(b)))
        );
        Assert.Contains("longer examples are left out", remedies[0].Cost, StringComparison.Ordinal);
        Assert.Contains("fewer wrong answers", Remedy.Find(recipe, Full, 1, r => r.Batch.Rows)[0].Cost, StringComparison.Ordinal);

        static int Place(string setting) => Array.FindIndex(["weight", "learning", "layer", "sequence", "overlong"], setting.Contains);
    }

    [Fact]
    public void Memory_is_that_of_the_batches_which_the_data_fills()
    {
        var recipe = Plain with { Batch = Plain.Batch with { Rows = 4000, SequenceLength = 2048 } };
        var filled = MemoryForecast.Of(recipe, ConfigOf("plain"), new LargestBatch(8, 256, 256), 50_000_000, 0, answers: true);
        Assert.Equal(MemoryForecast.Of(Plain, ConfigOf("plain"), Full, 50_000_000, 0, answers: true), filled);
    }

    /// <summary>Its padding is not computed.</summary>
    [Fact]
    public void Memory_of_an_encoder_is_that_of_its_tokens()
    {
        using var golden = new Models.GoldenModel("bert_seqcls");
        Assert.Equal(Of(golden.Model.Config, new(4, 256, 256)), Of(golden.Model.Config, new(8, 256, 256) { Tokens = 1024 }));
        Assert.Equal(Of(golden.Model.Config, new(8, 256, 256)), Of(golden.Model.Config, new(8, 256, 256) { Tokens = 4096 }));
        Assert.Equal(Of(ConfigOf("plain"), new(8, 256, 256)), Of(ConfigOf("plain"), new(8, 256, 256) { Tokens = 1024 }));

        static long Of(ModelConfig config, LargestBatch largest) =>
            MemoryForecast.Of(Plain with { Objective = new Classification() }, config, largest, 0, 0, answers: false).Activations;
    }

    [Fact]
    public void The_memory_of_this_machine_is_known() => Assert.InRange(MachineMemory.Of(CPU).Available, MachineMemory.InUse(), 1L << 50);

    private static ModelConfig ConfigOf(string name) =>
        ((NewDecoder)Shapes[name].Model)
            .Config(((NewDecoder)Shapes[name].Model).VocabularySize, 1, 0)
            .Keep(name == "nf4" ? new Nf4() : null);
}
