using System.Diagnostics;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Optimizers;
using TaskDsl.Torch.Optimizers.Steps;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Tests.Objectives;
using TaskDsl.Torch.Tuning;
using TorchSharp;
using static TorchSharp.torch;

namespace TaskDsl.Gpu.Steps;

/// <summary>A training step's time and memory, and whether the loss of its batch falls.</summary>
/// <param name="tuning">lora (of rank 16, on all linear maps) or full.</param>
/// <param name="batch">Which of <see cref="ModelSize.Batches"/>.</param>
/// <param name="checkpointing">Whether activations are computed again.</param>
/// <param name="precisions">The numbers that it is run in. Default: bfloat16.</param>
internal sealed class Training(string tuning, string batch, bool checkpointing = false, params Precision[] precisions) : Step
{
    /// <summary>What transformers is measured with too, and the figure that a recipe in float32 has.</summary>
    public static IReadOnlyList<Training> First { get; } =
    [new("lora", "whole", precisions: [Precision.BFloat16, Precision.Float32]), new("lora", "packed"), new("full", "whole")];

    /// <summary>The other shapes.</summary>
    public static IReadOnlyList<Training> Rest { get; } =
    [
        new("lora", "padded"),
        new("lora", "long"),
        new("lora", "long_packed"),
        new("lora", "whole", checkpointing: true),
        new("lora", "short"),
        new("full", "padded"),
        new("full", "packed"),
        new("full", "long"),
    ];

    public override string Name => $"{tuning}_{batch}{(checkpointing ? "_checkpointed" : "")}";

    public override int Limit => 40;

    public override IReadOnlyList<Precision> Precisions => precisions.Length > 0 ? precisions : [Precision.BFloat16];

    public override bool Tf32 => true;

    public override IEnumerable<Finding> Run(Setting setting)
    {
        const int warmUp = 3;
        var size = setting.Size;
        var memory = new DeviceMemory(setting.Device);
        using var decoder = size.Create(setting.Device);
        decoder.ActivationCheckpointing = checkpointing;
        using var tuned = tuning == "full" ? new Full().Start(decoder, 1) : new Lora { Rank = 16, Alpha = 16 }.Start(decoder, 1);
        var adamw = new AdamW { LearningRate = tuning == "full" ? 1e-4 : 1e-3 };
        using var parameters = adamw.Flatten(tuned);
        using var optimizer = adamw.Start(parameters);
        var rows = ModelSize.Batch(size.Batches[batch], size.Vocabulary);
        var (times, losses) = (new List<double>(), new List<double>());
        for (var step = 0; step < warmUp + size.Repeats; step++)
        {
            setting.Wait();
            var started = Stopwatch.GetTimestamp();
            losses.Add(Take(decoder, parameters, optimizer, rows, setting));
            setting.Wait();
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        var median = times.Skip(warmUp).Order().ElementAt(size.Repeats / 2);
        var finding = new Finding()
            .With("median_ms", median)
            .With("ms", times)
            .With("tokens_per_second", rows.Tokens / median * 1000)
            .With("tflops", size.Operations(batch, tuning == "full") / median * 1e-9)
            .With("peak_bytes", memory.Most)
            .With("trained", parameters.Count)
            .With("losses", losses);
        yield return losses[^1] < losses[0] ? finding : finding.Not($"the loss of one batch went from {losses[0]} to {losses[^1]}");
    }

    private static double Take(LanguageModel model, FlatParameters parameters, OptimizerRun optimizer, TokenBatch batch, Setting setting)
    {
        using var scope = NewDisposeScope();
        parameters.ClearGradients();
        SingleLoss loss;
        using (setting.Compute()) // It ends before the backward.
            loss = new CausalLm().Loss(model, batch);
        Gradients.Backward(loss.Sum);
        parameters.Normalise(loss.Count, 1);
        optimizer.Step(1);
        return loss.Sum.ToDouble() / loss.Count;
    }
}
