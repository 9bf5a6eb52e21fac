using TaskDsl.Torch.Optimizers.Steps;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Schedules;
using TaskDsl.Torch.Tests.Training;
using TaskDsl.Torch.Tuning;
using TaskDsl.Torch.Tuning.Adapters;
using static TorchSharp.torch;

namespace TaskDsl.Gpu.Steps;

/// <summary>Twenty steps of full tuning and of adapters against transformers 4.57.6 and PEFT 0.18.1: each step's loss and norm.</summary>
internal sealed class Curves : Step
{
    public override string Name => "curves";

    public override int Limit => 90;

    public override IReadOnlyList<Precision> Precisions => [Precision.Float32, Precision.BFloat16];

    public override IEnumerable<Finding> Run(Setting setting)
    {
        foreach (var model in (string[])["llama", "gpt2", "bert_seqcls", "t5"])
        foreach (
            var folder in Directory
                .GetDirectories(Path.Combine(AppContext.BaseDirectory, "Golden", model, "train"))
                .Order(StringComparer.Ordinal)
        )
            if (Path.GetFileName(folder) is not "ptuning" and var method) // Its network lies in no adapter.
                yield return Of(model, method, setting);
    }

    private static Finding Of(string model, string method, Setting setting)
    {
        using var scope = NewDisposeScope();
        using var run = new GoldenRun(model, method, setting.Device) { Numbers = setting.Numbers };
        using var tuned = AdapterFolder.IsAdapter(run.Folder) ? AdapterFolder.Load(run.Model, run.Folder) : new Full().Start(run.Model, 1);
        Schedule schedule = method switch
        {
            "full_clip_linear" => new Linear { WarmUp = 0.2 },
            "full_clip_cosine" => new Cosine { WarmUp = 0.2 },
            _ => new Constant { WarmUp = 0 },
        };
        var steps = run.Train(tuned, schedule, clip: schedule is Constant ? 0 : 1).ToArray();
        // In float32 the bounds of GoldenTrainingTests, which run on the CPU; gpt2's is wider there, for a gradient that is rounding noise
        // and whose sign Adam follows. In bfloat16 at least twice the most that a processor differs by, libtorch 2.10: 0.019 on an Intel
        // Xeon with AMX (t5 lora), below 0.032 on an AMD EPYC; but 0.118 where all maps begin at 0 and are scaled up, and their rounding
        // goes along with what is learned (llama rslora_all_linear, whose loss falls by 1.6). Norms differ by up to 0.63 there (t5 lora,
        // which begins with none), so that they are only told.
        var losses =
            setting.Is16Bit ? (method == "rslora_all_linear" ? 0.24 : 0.065)
            : model == "gpt2" && method == "full" ? 1e-4
            : 5e-5;
        var norms = run.Norms.Zip(steps, (expected, step) => Math.Abs(expected - step.Norm) / Math.Max(1, expected)).Max();
        var finding = new Finding($"{model} {method}")
            .Within("losses", run.Losses.Zip(steps, (expected, step) => Math.Abs(expected - step.Loss)).Max(), losses)
            .With("last_loss", steps[^1].Loss);
        return setting.Is16Bit ? finding.With("norms", norms) : finding.Within("norms", norms, 1e-3);
    }
}
