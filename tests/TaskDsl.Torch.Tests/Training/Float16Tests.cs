using System.Text.Json.Nodes;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Torch.Opening;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Runs;
using TaskDsl.Torch.Training;
using TorchSharp;
using Xunit;

namespace TaskDsl.Torch.Tests.Training;

public sealed class Float16Tests : TorchTest
{
    /// <summary>The rules of PyTorch's GradScaler with its defaults: growth 2, backoff 0.5, interval 2,000.</summary>
    [Fact]
    public void The_scale_grows_when_all_is_well_and_falls_when_not()
    {
        var scale = new LossScale();
        Assert.Equal(65536, scale.Scale);
        for (var i = 0; i < 1999; i++)
            scale = scale.After(finite: true);
        Assert.Equal(new LossScale { Scale = 65536, Unchanged = 1999 }, scale);
        Assert.Equal(new LossScale { Scale = 131072 }, scale.After(finite: true));
        Assert.Equal(new LossScale { Scale = 16384, Skipped = 2 }, scale.After(finite: false).After(finite: false));
        Assert.Equal(
            new LossScale
            {
                Scale = 32768,
                Unchanged = 1,
                Skipped = 1,
            },
            scale.After(finite: false).After(finite: true)
        );
    }

    [Fact]
    public async Task It_trains()
    {
        using var folder = new TempFolder();
        using var run = await (
            Recipe(folder) with
            {
                Budget = new Budget { Epochs = 40, Steps = 60 },
            }
        ).RunAsync(Options(folder));
        var lines = Lines(folder, "tiny");
        Assert.True((double)lines.Last(l => l["loss"] is not null)["loss"]! < 1);
        // The first scale is tried, and may be too high.
        Assert.InRange((int)lines.Last(l => l["skipped_steps"] is not null)["skipped_steps"]!, 0, 4);
        Assert.All(run.Model.Decoder.Parameters.Values, p => Assert.Equal(torch.ScalarType.Float32, p.dtype));
    }

    [Fact]
    public async Task A_step_whose_gradients_overflow_is_skipped_counted_and_unseen_by_the_optimizer()
    {
        using var folder = new TempFolder();
        var recipe = Recipe(folder) with
        {
            Objective = new Loud(),
            Budget = new Budget { Epochs = 40, Steps = 24 },
        };
        (await (recipe with { Name = "whole" }).RunAsync(Options(folder))).Dispose();
        var steps = Lines(folder, "whole").Where(l => l["loss"] is not null).ToArray();
        // The first two are the warm-up's.
        var skipped = steps.Where(l => (double)l["learning_rate"]! == 0 && (int)l["step"]! > 2).ToArray();
        Assert.InRange(skipped.Length, 1, 12);
        var last = Lines(folder, "whole").Last(l => l["skipped_steps"] is not null);
        Assert.Equal(skipped.Length, (int)last["skipped_steps"]!);
        Assert.Equal(65536 * Math.Pow(0.5, skipped.Length), (double)last["loss_scale"]!);
        Assert.All(steps, l => Assert.True(double.IsFinite((double)l["gradient_norm"]!)));

        // Interrupted right behind a skipped step, it goes on with the same scale and the same count of the optimizer's steps.
        using var stop = new CancellationTokenSource();
        var at = (int)skipped[0]["step"]!;
        await Assert.ThrowsAsync<RunInterruptedException>(() =>
            recipe.RunAsync(
                Options(folder),
                new Each(p =>
                {
                    if (p.Step == at && p.Phase == RunPhase.Training)
                        stop.Cancel();
                }),
                stop.Token
            )
        );
        (await recipe.RunAsync(Options(folder) with { Resume = true })).Dispose();
        Assert.Equal(File.ReadAllText(folder.File("runs/whole/metrics.jsonl")), File.ReadAllText(folder.File("runs/tiny/metrics.jsonl")));
        Assert.Equal(
            File.ReadAllBytes(folder.File("runs/whole/best/model.safetensors")),
            File.ReadAllBytes(folder.File("runs/tiny/best/model.safetensors"))
        );
    }

    [Fact]
    public async Task What_no_scale_can_cure_stops()
    {
        using var folder = new TempFolder();
        var error = await Assert.ThrowsAsync<TrainingDivergedException>(() =>
            (
                Recipe(folder) with
                {
                    Objective = new Loud { Always = true },
                    Budget = new Budget { Epochs = 40, Steps = 60 },
                }
            ).RunAsync(Options(folder))
        );
        Assert.Contains("stopped at step 17 of 60: the norm of the gradients is", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_a_cpu_it_is_refused_but_for_tiny_models()
    {
        using var folder = new TempFolder();
        var recipe = Recipe(folder) with
        {
            Model = new NewDecoder
            {
                VocabularySize = 300,
                HiddenSize = 256,
                Layers = 2,
                Heads = 2,
                FeedForwardSize = 512,
                MaxPositions = 64,
            },
        };
        var error = await Assert.ThrowsAsync<RunException>(() => recipe.RunAsync(Options(folder)));
        Assert.Contains("float16 is for GPUs", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<RunException>(() =>
            (
                TinyModel.Recipe(TinyModel.Write(folder.File("model"))) with
                {
                    Precision = Precision.Float16,
                    Model = recipe.Model,
                }
            ).PlanAsync(Options(folder))
        );
    }

    private static Recipe Recipe(TempFolder folder) =>
        TinyModel.Recipe(TinyModel.Write(folder.File("model"))) with
        {
            Precision = Precision.Float16,
        };

    private static RunOptions Options(TempFolder folder) =>
        new()
        {
            ProjectDirectory = folder.Path,
            RunsDirectory = "runs",
            Evaluate = false,
        };

    private static JsonObject[] Lines(TempFolder folder, string run) =>
        [.. File.ReadLines(folder.File($"runs/{run}/metrics.jsonl")).Select(l => JsonNode.Parse(l)!.AsObject())];

    /// <summary>A loss that is too loud for float16 where a batch's tokens say so.</summary>
    private sealed record Loud : Objective
    {
        public bool Always { get; init; }

        public override ObjectiveRun Start(ObjectiveStart start) => new Run(Always, new Supervised().Start(start));

        private sealed class Run(bool always, ObjectiveRun quiet) : ObjectiveRun
        {
            public override double[] Count(TokenBatch batch) => quiet.Count(batch);

            public override LossSum[] Loss(ForwardPass pass)
            {
                var losses = quiet.Loss(pass);
                return always || pass.Batch.Ids.ToArray().Sum() % 5 == 0 ? [new(losses[0].Sum * 1e9)] : losses;
            }
        }
    }

    private sealed class Each(Action<TrainingProgress> action) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => action(value);
    }
}
