using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Optimizers;
using TaskDsl.Torch.Runs;
using TaskDsl.Torch.Training;
using Xunit;

namespace TaskDsl.Torch.Tests.Training;

/// <summary>Every optimizer in a run: it learns, and a run that was interrupted goes on to the same bits.</summary>
public sealed class OptimizerRunTests : TorchTest
{
    public static TheoryData<string> Names => ["adam", "adamw", "adamw_8bit", "sgd", "sgd_plain", "lion", "adafactor"];

    [Theory, MemberData(nameof(Names))]
    public async Task Learns_and_goes_on_as_if_it_had_never_stopped(string name)
    {
        using var folder = new TempFolder();
        var recipe = TinyModel.Recipe(TinyModel.Write(folder.File("model"))) with
        {
            Optimizer = name switch
            {
                "adam" => new Adam { LearningRate = 1e-2 },
                "adamw" => new AdamW
                {
                    LearningRate = 1e-2,
                    LayerDecay = 0.8,
                    DecayNormsAndBiases = false,
                },
                "adamw_8bit" => new AdamW8Bit { LearningRate = 1e-2 },
                "sgd" => new Sgd { LearningRate = 0.3, Nesterov = true },
                "sgd_plain" => new Sgd { LearningRate = 1, Momentum = 0 },
                "lion" => new Lion { LearningRate = 5e-3 },
                _ => new Adafactor { LearningRate = 0.1, LayerDecay = 0.9 },
            },
            Budget = new Budget { Epochs = 40, Steps = 40 },
            ActivationCheckpointing = true,
            Dropout = 0.05,
        };
        var options = new RunOptions
        {
            ProjectDirectory = folder.Path,
            RunsDirectory = "runs",
            Evaluate = false,
        };
        (await (recipe with { Name = "whole" }).RunAsync(options)).Dispose();
        var losses = File.ReadLines(folder.File("runs/whole/metrics.jsonl"))
            .Select(l => (double?)System.Text.Json.Nodes.JsonNode.Parse(l)!["loss"])
            .OfType<double>()
            .ToArray();
        Assert.True(losses[^5..].Average() < losses[..5].Average() / 2, $"{losses[0]} → {losses[^1]}");

        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAsync<RunInterruptedException>(() =>
            recipe.RunAsync(
                options,
                new Each(p =>
                {
                    if (p.Step == 13)
                        stop.Cancel();
                }),
                stop.Token
            )
        );
        (await recipe.RunAsync(options with { Resume = true })).Dispose();
        Assert.Equal(File.ReadAllText(folder.File("runs/whole/metrics.jsonl")), File.ReadAllText(folder.File("runs/tiny/metrics.jsonl")));
        Assert.Equal(
            File.ReadAllBytes(folder.File("runs/whole/best/model.safetensors")),
            File.ReadAllBytes(folder.File("runs/tiny/best/model.safetensors"))
        );
    }

    private sealed class Each(Action<TrainingProgress> action) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => action(value);
    }
}
