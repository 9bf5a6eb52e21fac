using System.Text.Json.Nodes;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Forecasts;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Opening;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Runs;
using TaskDsl.Torch.Tests.Native;
using TaskDsl.Torch.Tuning;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Training;

/// <summary>What is forecast of a GPU, without one: a fake stands in its place.</summary>
public sealed class GpuForecastTests : TorchTest
{
    private static readonly Device Gpu = new(DeviceType.CUDA, 0);

    private static readonly Recipe Plain = TinyModel.Recipe("") with
    {
        Model = new NewDecoder
        {
            HiddenSize = 256,
            Layers = 4,
            Heads = 4,
            VocabularySize = 8192,
        },
        Batch = new Batch
        {
            Rows = 8,
            SequenceLength = 256,
            Packing = false,
        },
    };

    /// <summary>Whatever the recipe calls it: <c>auto</c> is as much of a GPU.</summary>
    [Theory]
    [InlineData("auto"), InlineData("cuda"), InlineData("cuda:0")]
    public void On_a_gpu_counts_what_lies_there(string name)
    {
        var (cpu, gpu) = (Of(Plain, CPU), Of(Plain with { Device = name }, Gpu));
        Assert.Equal((0, 0), (gpu.Data, gpu.Fragments));
        Assert.InRange(gpu.Program, MachineMemory.Context, 1_000_000_000);
        Assert.True(cpu is { Data: 1_000_000_000, Program: > 2_000_000_000, Fragments: > 0 });
        Assert.Equal(
            (cpu.Weights, cpu.Gradients, cpu.OptimizerState, cpu.Activations),
            (gpu.Weights, gpu.Gradients, gpu.OptimizerState, gpu.Activations)
        );
    }

    /// <summary>The head's loss is computed in larger pieces there, but never in more rows than a batch has tokens.</summary>
    [Fact]
    public void The_pieces_of_the_heads_loss_are_those_of_the_device()
    {
        Assert.Equal(3 * 4 * (1L << 22), Logits(Plain, CPU));
        Assert.Equal(3 * 4 * 8 * 256 * 8192L, Logits(Plain, Gpu));
        Assert.Equal(3 * 4 * (1L << 27), Logits(Plain with { Batch = Plain.Batch with { Rows = 800 } }, Gpu));

        static long Logits(Recipe recipe, Device device)
        {
            using var model = LanguageModel.OnMeta(Config(recipe));
            var trained = model.Vocabulary.Weight.numel() * 2 * 4;
            return Of(recipe, device).Logits - trained;
        }
    }

    /// <summary>Packed rows have no mask there, and no scores; in float32 grouped keys and values are copied out to all heads.</summary>
    [Theory]
    [InlineData(2, Precision.Float32, 4L * 8 * 256 * 2 * 2 * 64 * 4), InlineData(4, Precision.Float32, 0)]
    [InlineData(2, Precision.BFloat16, 0)]
    public void Packed_rows_are_told_apart_without_a_mask(int keyValueHeads, Precision precision, long copied)
    {
        var recipe = Grouped(keyValueHeads) with { Precision = precision, Batch = Plain.Batch with { Packing = true } };
        Assert.Equal(copied - 8L * 256 * 256 * 4, Of(recipe, Gpu).Activations - Of(recipe, CPU).Activations);
    }

    /// <summary>Where grouped heads meet a mask, as behind a prefix, or float32, each head gets keys and values of its own.</summary>
    [Theory]
    [InlineData(2, true, Precision.Float32, 4), InlineData(2, true, Precision.BFloat16, 2), InlineData(2, false, Precision.Float32, 4)]
    [InlineData(2, false, Precision.BFloat16, 0), InlineData(4, true, Precision.Float32, 0)]
    public void Keys_and_values_are_copied_where_no_kernel_takes_grouped_heads(
        int keyValueHeads,
        bool prefix,
        Precision precision,
        int bytes
    )
    {
        var recipe = Grouped(keyValueHeads) with { Precision = precision, Tuning = prefix ? new PrefixTuning() : new Full() };
        // Of 4 layers: the heads that keys and values are copied to, 64 numbers each.
        Assert.Equal(4L * 8 * 256 * 2 * 2 * 64 * bytes, Of(recipe, Gpu).Activations - Of(recipe, CPU).Activations);
    }

    /// <summary>Two bytes each there, and no 16-bit copies of them besides.</summary>
    [Fact]
    public void Frozen_weights_count_the_bytes_that_their_file_has()
    {
        var recipe = Plain with { Tuning = new Lora(), Precision = Precision.BFloat16 };
        var stored = Config(recipe).With(KeyValuePair.Create("dtype", (JsonNode?)"bfloat16"));
        using var model = LanguageModel.OnMeta(stored);
        var maps = model.LinearLayers.Where(map => map.Layer is not null).Sum(map => map.Inputs * map.Outputs);
        var (wide, narrow) = (Of(recipe, Gpu), Of(recipe, Gpu, stored));
        Assert.Equal(2 * maps, wide.Weights - narrow.Weights);
        Assert.Equal(2 * maps, wide.Activations - narrow.Activations);
        Assert.Equal(wide.Weights, Of(recipe with { Precision = Precision.Float32 }, Gpu, stored).Weights);
        Assert.Equal(wide.Weights, Of(recipe, CPU, stored).Weights);
    }

    [Fact]
    public async Task What_is_free_on_a_gpu_is_asked_before_the_model_is_opened()
    {
        using var folder = new TempFolder();
        var recipe = TinyModel.Recipe(TinyModel.Write(folder.File("model"))) with { Device = "auto" };
        using (var gpus = new FakeGpus(1, free: 1_000_000))
        {
            var refused = await Assert.ThrowsAsync<RunException>(() => recipe.RunAsync(TrainingRunTests.Options(folder)));
            Assert.Contains("0.5 GB are free on cuda:0: it cannot fit", refused.Message, StringComparison.Ordinal);
            Assert.Equal(0, Assert.Single(gpus.Asked));
        }

        using (var gpus = new FakeGpus(1, free: 80_000_000_000))
        {
            // It fits; the GPU that is not there is then the trouble.
            var refused = await Assert.ThrowsAnyAsync<Exception>(() => recipe.RunAsync(TrainingRunTests.Options(folder)));
            Assert.IsNotType<RunException>(refused);
            Assert.Equal(0, Assert.Single(gpus.Asked));
        }
    }

    [Fact]
    public async Task A_run_is_planned_for_a_gpu_that_this_machine_has_not()
    {
        using var gpus = new FakeGpus(0);
        using var folder = new TempFolder();
        var recipe = TinyModel.Recipe(TinyModel.Write(folder.File("model"))) with { Device = "cuda:3" };
        var options = TrainingRunTests.Options(folder);
        await Assert.ThrowsAsync<MisfitException>(() => recipe.PlanAsync(options));
        var plan = Assert.Single(await recipe.PlanAsync(options with { PlannedMemory = 80_000_000_000 }));
        Assert.True(plan is { Fits: true, Time: null, Device: "cuda:3", Numbers: "float32, multiplied as TF32", Memory.Data: 0 });
        plan = Assert.Single(await (recipe with { Tf32 = false }).PlanAsync(options with { PlannedMemory = 500_000_000 }));
        Assert.True(plan is { Fits: false, Numbers: "float32, multiplied as it is (tf32: false)", Remedies.Count: > 0 });
        Assert.Empty(gpus.Asked);
    }

    private static Recipe Grouped(int keyValueHeads) =>
        Plain with
        {
            Model = (NewDecoder)Plain.Model with { KeyValueHeads = keyValueHeads },
        };

    private static MemoryForecast Of(Recipe recipe, Device device, ModelConfig? config = null) =>
        MemoryForecast.Of(
            recipe,
            config ?? Config(recipe),
            LargestBatch.Allowed(recipe.Batch),
            3_000_000_000,
            1_000_000_000,
            answers: false,
            device
        );

    private static ModelConfig Config(Recipe recipe) => ((NewDecoder)recipe.Model).Config(8192, 1, 0);
}
