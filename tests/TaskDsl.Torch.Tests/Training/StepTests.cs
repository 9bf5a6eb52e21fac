using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Torch.Optimizers;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Runs;
using TaskDsl.Torch.Schedules;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Training;

/// <summary>One step of a run against the plain sum: each example by itself, then one division.</summary>
public sealed class StepTests : TorchTest
{
    /// <summary>Batches of unequal answers: whoever divides by the last one's count, or by each one's own, is off.</summary>
    [Theory]
    [InlineData(Average.Tokens, 1, true, 0), InlineData(Average.Tokens, 3, true, 0), InlineData(Average.Tokens, 6, false, 0.25)]
    [InlineData(Average.Examples, 3, true, 0.25), InlineData(Average.Examples, 6, false, 0)]
    public async Task Loss_gradients_update_and_validation_are_means_over_all_batches(
        Average average,
        int accumulation,
        bool packing,
        double clip
    )
    {
        const double Rate = 0.1;
        using var folder = new TempFolder();
        var watched = new Watched { Average = average };
        var recipe = TinyModel.Recipe(TinyModel.Write(folder.File("model"))) with
        {
            Tasks = [new TaskShare(new LettersPrompt(new LongLettersTask()))],
            Objective = watched,
            Optimizer = new Sgd { LearningRate = Rate, Momentum = 0 },
            Schedule = new Constant { WarmUp = 0 },
            ClipNorm = clip,
            Seed = 2,
            Budget = new Budget { Steps = 1 },
            Batch = new Batch
            {
                Rows = 2,
                SequenceLength = 20,
                Accumulation = accumulation,
                Packing = packing,
            },
        };
        using var run = await recipe.RunAsync(TrainingRunTests.Options(folder) with { Evaluate = false });
        var lines = TrainingRunTests.Lines(run);
        using var plain = Decoder.Load(folder.File("model"));
        Assert.Equal(accumulation, watched.Learned.Count);
        Assert.True(accumulation == 1 || watched.Learned.Select(Answers).Distinct().Count() > 1);
        var loss = Mean(plain, watched.Learned, average);
        Assert.Equal(loss.ToDouble(), Value("loss", 1), 1e-5);
        Gradients.Backward(loss);
        var norm = Math.Sqrt(plain.Parameters.Values.Sum(p => p.grad!.square().sum().ToDouble()));
        Assert.Equal(norm, Value("gradient_norm", 1), 1e-5 * norm);
        Assert.True(norm > 2 * clip);
        var step = clip == 0 ? Rate : Rate * clip / norm;
        using var ungraded = no_grad();
        var half = watched.Watching.Count / 2; // Before the step and after it.
        Assert.True(half > 1 && watched.Watching.Select(Answers).Distinct().Count() > 1);
        Assert.Equal(Mean(plain, watched.Watching[..half], average).ToDouble(), Value("validation_loss", 0), 1e-5);
        foreach (var (name, parameter) in plain.Parameters)
            Close(parameter - step * parameter.grad!, run.Model.Model.Parameters[name], 1e-6);
        Assert.Equal(Mean((Decoder)run.Model.Model, watched.Watching[half..], average).ToDouble(), Value("validation_loss", 1), 1e-5);

        double Value(string name, int step) => (double)lines.Single(l => (int)l["step"]! == step && l[name] is not null)[name]!;
    }

    /// <summary>With a learning rate of 0 only what is drawn can differ.</summary>
    [Fact]
    public async Task Each_step_draws_anew_and_the_validation_part_is_always_watched_by_the_same_draws_and_without_dropout()
    {
        using var folder = new TempFolder();
        var watched = new Watched { Draws = true };
        var recipe = TinyModel.Recipe(TinyModel.Write(folder.File("model"))) with
        {
            Objective = watched,
            Optimizer = new Sgd { LearningRate = 0, Momentum = 0 },
            Dropout = 0.3,
            Evaluation = new() { Every = 1 },
            Budget = new Budget { Steps = 5 },
        };
        using var run = await recipe.RunAsync(TrainingRunTests.Options(folder) with { Evaluate = false });
        var lines = TrainingRunTests.Lines(run);
        double[] validation = [.. lines.Select(l => (double?)l["validation_loss"]).OfType<double>()];
        Assert.Equal(6, validation.Length);
        Assert.Single(validation.Distinct());
        Assert.Equal(5, watched.Drawn.Distinct().Count());
        using var plain = Decoder.Load(folder.File("model"));
        using var ungraded = no_grad();
        var batches = watched.Watching[..(watched.Watching.Count / 6)];
        manual_seed(recipe.Seed);
        var draws = batches.Sum(_ => rand(1).ToDouble());
        var answers = batches.Sum(Answers);
        Assert.Equal(Mean(plain, batches, Average.Tokens).ToDouble() + draws / answers, validation[0], 1e-5);
    }

    private static int Answers(TokenBatch batch) => batch.CompletionMask.Count(true);

    /// <summary>The mean cross-entropy of answers, or of each answer's own mean, each sequence alone.</summary>
    private static Tensor Mean(Decoder model, IReadOnlyList<TokenBatch> batches, Average average)
    {
        var (sum, count) = (zeros([]), 0.0);
        foreach (var sequence in batches.SelectMany(b => b.Sequences).Select(s => s.Sequence))
        {
            long[] ids = [.. sequence.Ids.Select(id => (long)id)];
            var first = Array.IndexOf(sequence.CompletionMask, true);
            var answer = ids.Length - first;
            var logits = model.Logits(model.Hidden(tensor(ids, [1, ids.Length])))[0].narrow(0, first - 1, answer);
            var loss = nn.functional.cross_entropy(logits, tensor(ids[first..]), reduction: nn.Reduction.Sum);
            sum = sum + (average == Average.Tokens ? loss : loss / answer);
            count += average == Average.Tokens ? answer : 1;
        }

        return sum / count;
    }

    /// <summary>What answers cost, and the batches that were asked for.</summary>
    private sealed record Watched : Objective
    {
        public Average Average { get; init; }

        /// <summary>Whether each loss has a number drawn from torch on top.</summary>
        public bool Draws { get; init; }

        /// <summary>What was drawn while learning.</summary>
        public List<double> Drawn { get; } = [];

        public List<TokenBatch> Learned { get; } = [];

        public List<TokenBatch> Watching { get; } = [];

        public override ObjectiveRun Start(ObjectiveStart start) => new Run(this, new Supervised { Average = Average }.Start(start));

        private sealed class Run(Watched objective, ObjectiveRun plain) : ObjectiveRun
        {
            public override double[] Count(TokenBatch batch) => plain.Count(batch);

            public override LossSum[] Loss(ForwardPass pass)
            {
                (is_grad_enabled() ? objective.Learned : objective.Watching).Add(pass.Batch);
                var losses = plain.Loss(pass);
                if (!objective.Draws)
                    return losses;
                var drawn = rand(1)[0];
                if (is_grad_enabled())
                    objective.Drawn.Add(drawn.ToDouble());
                return [new(losses[0].Sum + drawn)];
            }
        }
    }
}
