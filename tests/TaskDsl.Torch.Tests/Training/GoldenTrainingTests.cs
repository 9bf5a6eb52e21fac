using TaskDsl.Torch.Batching;
using TaskDsl.Torch.Safetensors;
using TaskDsl.Torch.Schedules;
using TaskDsl.Torch.Tuning;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Training;

/// <summary>Twenty steps of training against transformers 4.57.6 and PEFT 0.18.1.</summary>
public sealed class GoldenTrainingTests : TorchTest
{
    private const double Tolerance = 5e-5;

    public static TheoryData<string, Schedule, double> FullRuns => new()
    {
        { "full", new Constant { WarmUp = 0 }, 0 },
        { "full_clip_linear", new Linear { WarmUp = 0.2 }, 1 },
        { "full_clip_cosine", new Cosine { WarmUp = 0.2 }, 1 },
    };

    [Theory, MemberData(nameof(FullRuns))]
    public void Full_tuning_follows_the_reference(string method, Schedule schedule, double clip)
    {
        using var run = new GoldenRun(method);
        Follows(run, run.Train(new Full().Apply(run.Decoder, 1), schedule, clip));
        foreach (var (name, parameter) in run.Decoder.Parameters)
        {
            Assert.Equal(run["final_param_norm"].GetProperty(name).GetDouble(), parameter.norm().ToDouble(), 2e-3);
            var wave = (arange(parameter.numel(), dtype: ScalarType.Float64) * 0.37 + 0.11).cos();
            Assert.Equal(run["final_param_probe"].GetProperty(name).GetDouble(), (parameter.flatten().to(ScalarType.Float64) * wave).sum().ToDouble(), 2e-3);
        }
    }

    [Theory, InlineData("lora"), InlineData("rslora_all_linear")]
    public void Low_rank_tuning_follows_the_reference(string method)
    {
        using var run = new GoldenRun(method);
        var tuned = Adapters.Load(run.Decoder, run.Folder);
        Follows(run, run.Train(tuned, new Constant { WarmUp = 0 }));
        using var final = SafetensorsFile.Open(Path.Combine(run.Folder, "adapter_model_final.safetensors"));
        Assert.Equal(final.Tensors.Keys.Order(), tuned.Trained.Keys.Order());
        foreach (var (name, parameter) in tuned.Trained) Close(final.Read(name), parameter, 2e-4);
    }

    [Fact]
    public void Gathered_small_batches_and_packed_rows_follow_it_too()
    {
        using var gathered = new GoldenRun("full");
        Follows(gathered, gathered.Train(new Full().Apply(gathered.Decoder, 1), new Constant { WarmUp = 0 }, split: rows => [.. rows.Select(row => new TokenBatch([[row]], 0))]));
        using var packed = new GoldenRun("full");
        Follows(packed, packed.Train(new Full().Apply(packed.Decoder, 1), new Constant { WarmUp = 0 }, split: rows => [new TokenBatch([[.. rows[..3]], [rows[3]]], 0)]));
    }

    private static void Follows(GoldenRun run, IEnumerable<(double Loss, double Norm)> steps)
    {
        var actual = steps.ToArray();
        Assert.All(run.Losses.Zip(actual).Index(), e => Assert.True(Math.Abs(e.Item.First - e.Item.Second.Loss) <= Tolerance, $"step {e.Index}: expected {e.Item.First}, got {e.Item.Second.Loss}"));
        Assert.All(run.Norms.Zip(actual), e => Assert.Equal(e.First, e.Second.Norm, 1e-3));
    }
}
