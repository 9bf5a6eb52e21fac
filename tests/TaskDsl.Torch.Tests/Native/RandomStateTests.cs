using TaskDsl.Torch.Native;
using TaskDsl.Torch.Runs;
using TaskDsl.Torch.Tests.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Native;

public sealed class RandomStateTests : TorchTest
{
    /// <summary>A backward runs on another thread, whose current GPU is another: the seed must reach all of them.</summary>
    [Theory]
    [InlineData(DeviceType.CPU), InlineData(DeviceType.CUDA)]
    public void What_is_drawn_again_is_what_was_drawn(DeviceType type)
    {
        using var gpus = new FakeGpus(2);
        var on = new Device(type, type == DeviceType.CPU ? -1 : 1);
        var forward = RandomState.Take(on);
        var first = rand(8);
        var other = rand(8);
        var backward = RandomState.Take(on);
        forward.Restore();
        Close(first, rand(8), 0);
        Close(other, rand(8), 0);
        backward.Restore();
        Assert.NotEqual(first.data<float>().ToArray(), rand(8).data<float>().ToArray());
        Assert.Equal(type == DeviceType.CPU ? 0 : 4, gpus.Seeds.Count);
    }

    /// <summary>What a recipe says of TF32 reaches the GPUs, and processors are said nothing of it.</summary>
    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_run_multiplies_as_its_recipe_says(bool tf32)
    {
        using var gpus = new FakeGpus(2) { Tf32 = !tf32 };
        using var folder = new TempFolder();
        var recipe = TinyModel.Recipe(TinyModel.Write(folder.File("model"))) with
        {
            Tf32 = tf32,
            Budget = new() { Steps = 1 },
        };
        var told = new List<bool>();
        var progress = new ResumeTests.Each(_ => told.Add(gpus.Tf32));
        using var run = await recipe.RunAsync(TrainingRunTests.Options(folder) with { Evaluate = false }, progress);
        Assert.Equal(tf32, Assert.Single(told.Skip(1).Distinct())); // What comes first is told before the recipe's word counts.
        Assert.Equal(!tf32, gpus.Tf32); // Behind the run it is as it was.
        gpus.Tf32 = tf32;
        Assert.Null(RunRecord.Read(new RunFolder(run.Folder)).Machine!.Tf32);
        Assert.Equal(tf32, RecordedMachine.Now(new Device(DeviceType.CUDA, 0)).Tf32);
    }

    [Fact]
    public async Task Every_step_and_every_validation_seeds_the_gpus_too()
    {
        using var gpus = new FakeGpus(2);
        using var folder = new TempFolder();
        var recipe = TinyModel.Recipe(TinyModel.Write(folder.File("model"))) with
        {
            Seed = 7,
            Dropout = 0.1,
            Evaluation = new() { Every = 1 },
            Budget = new() { Steps = 3 },
        };
        using var run = await recipe.RunAsync(TrainingRunTests.Options(folder) with { Evaluate = false });
        Assert.Equal(4, gpus.Seeds.Count(seed => seed == recipe.Seed));
        Assert.Equal(3, gpus.Seeds.Where(seed => seed != recipe.Seed).Distinct().Count());
    }
}
