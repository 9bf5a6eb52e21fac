using TaskDsl.App.Sessions;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Forecasts;
using TaskDsl.Torch.Optimizers;
using TaskDsl.Torch.Recipes;
using TaskDsl.Vocabulary;

namespace TaskDsl.App.Tests;

public sealed class PlanTests
{
    [Fact]
    public async Task A_plan_says_what_a_run_takes_and_begins_none()
    {
        using var folder = new TempFolder();
        var (code, printed) = await Desk.RunAsync("plan", "tiny", "--set", "budget.epochs=3");
        Assert.Equal(ExitCode.Success, code);
        foreach (
            var word in (string[])
                [
                    "records",
                    "steps",
                    "padding",
                    "trained of",
                    "weights",
                    "gradients",
                    "optimizer state",
                    "activations",
                    "logits",
                    "free on this machine",
                    "s a step",
                    "answers",
                ]
        )
            Assert.Contains(word, printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_that_does_not_fit_names_settings_and_an_exit_code()
    {
        var (code, printed) = await Desk.RunAsync(
            "plan",
            "tiny",
            "--set",
            "model.decoder.hidden_size=16384",
            "--set",
            "model.decoder.layers=200",
            "--set",
            "model.decoder.feed_forward_size=65536"
        );
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Contains("this run does not fit: it needs", printed, StringComparison.Ordinal);
        Assert.Contains("adamw_8bit", printed, StringComparison.Ordinal);
    }

    /// <summary>A machine without a GPU plans for one that has: nothing is timed, and nothing of this machine counts.</summary>
    [Fact]
    public async Task A_plan_for_a_gpu_elsewhere_needs_none_here()
    {
        var (code, printed) = await Desk.RunAsync("plan", "tiny", "--device", "cuda", "--memory", "80GB");
        Assert.Equal(ExitCode.Success, code);
        Assert.Contains("on cuda:0, in float32, multiplied as TF32", printed, StringComparison.Ordinal);
        Assert.Contains("80.0 GB on the machine that this plan is for", printed, StringComparison.Ordinal);
        Assert.Contains("not measured: the plan is for another machine", printed, StringComparison.Ordinal);
        Assert.DoesNotContain("malloc", printed, StringComparison.Ordinal);
        (code, printed) = await Desk.RunAsync("plan", "tiny", "--device", "cuda:1", "--memory", "512MiB", "--set", "tf32=false");
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Contains("on cuda:1, in float32, multiplied as it is (tf32: false)", printed, StringComparison.Ordinal);
        Assert.Contains("and 536.9 MB are on the machine that this plan is for.", printed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("80"), InlineData("GB"), InlineData("-1GB"), InlineData("0GB"), InlineData("many GB"), InlineData("1,5GB")]
    public async Task Memory_is_a_number_with_its_unit(string text)
    {
        var (code, printed) = await Desk.RunAsync("plan", "tiny", $"--memory={text}");
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains($"'{text}' where a number and its unit are expected", printed, StringComparison.Ordinal);
    }

    /// <summary>A remedy that is typed behind the same command makes the very run that it was computed for.</summary>
    [Theory]
    [InlineData(0.7)]
    [InlineData(0.3)]
    [InlineData(0.02)]
    public void What_a_remedy_says_is_what_set_makes_of_it(double share)
    {
        var recipe = TaskCatalog.Default.Definitions.OfType<Recipe>().Single(r => r.Name == "tiny") with
        {
            Batch = new Batch { Rows = 15, SequenceLength = 512 },
            Optimizer = new AdamW
            {
                LearningRate = 3e-5,
                WeightDecay = 0,
                LayerDecay = 0.9,
                DecayNormsAndBiases = false,
            },
        };
        var largest = LargestBatch.Allowed(recipe.Batch) with { Sequence = 300 };
        var available = (long)(Peak(recipe) * share);
        var change = new Override(Words.Of(TaskCatalog.Default.Assembly), TaskCatalog.Default);
        var remedies = Remedy.Find(recipe, largest, available, Peak);
        Assert.Equal(3, remedies.Count);
        Assert.All(remedies, r => Assert.Equal((r.Peak, true), (Peak(change.Apply(recipe, r.Settings)), r.Peak <= available)));

        static long Peak(Recipe r) =>
            1000L
            * r.Batch.Rows
            * r.Batch.SequenceLength
            / (r.ActivationCheckpointing ? 2 : 1)
            / (r.Precision == Precision.BFloat16 ? 2 : 1)
            / (r.Evaluation.Rows <= 4 ? 2 : 1)
            / (r.Optimizer is AdamW8Bit { LearningRate: 3e-5, WeightDecay: 0, LayerDecay: 0.9, DecayNormsAndBiases: false } ? 2 : 1)
            / (r.Batch.Overlong == Overlong.Drop ? 2 : 1);
    }
}
