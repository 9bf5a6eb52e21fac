using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Data.Splits;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Groupings;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Runs;
using TaskDsl.Torch.Training;
using TaskDsl.Torch.Tuning;
using TorchSharp;
using Xunit;
using static TaskDsl.Torch.Tests.Training.TrainingRunTests;

namespace TaskDsl.Torch.Tests.Training;

/// <summary>Runs that stop with words: what is not finite, what does not fit.</summary>
public sealed class RefusedRunTests : TorchTest
{
    [Fact]
    public async Task A_loss_that_is_not_finite_stops_with_step_records_and_last_checkpoint()
    {
        using var folder = new TempFolder();
        var recipe = TinyModel.Recipe(TinyModel.Write(folder.File("model"))) with
        {
            Objective = new BreaksAt { Step = 5 },
            Checkpoints = new CheckpointPlan { Every = 2 },
        };
        var error = await Assert.ThrowsAsync<TrainingDivergedException>(() => recipe.RunAsync(Options(folder) with { Evaluate = false }));
        Assert.Contains("stopped at step 5 of ", error.Message, StringComparison.Ordinal);
        Assert.Contains("step-4", error.Message, StringComparison.Ordinal);
        Assert.Contains(" count=60 seed=1(", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("in batch", error.Message, StringComparison.Ordinal);
        Assert.Equal("diverged", (string?)RunFolder.Read<JsonObject>(folder.File("runs/tiny/run.json"))["status"]);
    }

    /// <summary>The gradients of a step are one sum, whose norm does not say which batch broke it.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public async Task Of_several_batches_the_one_that_is_not_finite_is_named(bool gradients)
    {
        using var folder = new TempFolder();
        var objective = new BreaksOn { Gradients = gradients };
        var recipe = TinyModel.Recipe(TinyModel.Write(folder.File("model"))) with
        {
            Objective = objective,
            Batch = new Batch
            {
                Rows = 1,
                SequenceLength = 32,
                Accumulation = 4,
            },
            Dropout = 0.1,
        };
        var error = await Assert.ThrowsAsync<TrainingDivergedException>(() => recipe.RunAsync(Options(folder) with { Evaluate = false }));
        var index = objective.Seen.FindIndex(BreaksOn.Breaks);
        Assert.Contains($"at step {index / 4 + 1} of ", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            $", in batch {index % 4 + 1} of 4: the {(gradients ? "norm of the gradients" : "loss")} is ",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            $"The batch's records: {string.Join(", ", objective.Seen[index].Origins)}.",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Data_that_does_not_fit_says_so_before_anything_is_trained()
    {
        using var folder = new TempFolder();
        var recipe = TinyModel.Recipe(TinyModel.Write(folder.File("model"))) with { Batch = new Batch { SequenceLength = 8 } };
        var error = await Assert.ThrowsAsync<DataException>(() => recipe.RunAsync(Options(folder)));
        Assert.Contains("do not fit into a row of 8 tokens", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_part_that_came_out_empty_is_said()
    {
        using var folder = new TempFolder();
        var recipe = TinyModel.Recipe(TinyModel.Write(folder.File("model"))) with
        {
            Tasks = [new TaskShare(new LettersPrompt(new UntestedTask()))],
            Budget = new Budget { Steps = 1 },
        };
        var seen = new Seen();
        using var run = await recipe.RunAsync(Options(folder), seen);
        var notice = Assert.Single(seen.Values, v => v.Notice is not null).Notice;
        Assert.Equal("task 'letters' has no example in its test part: what it learns is not measured.", notice);
        Assert.Equal(
            notice,
            (string?)Assert.Single(RunFolder.Read<JsonObject>(Path.Combine(run.Folder, "run.json"))["warnings"]!.AsArray())
        );
    }

    [Fact]
    public async Task Answers_that_are_too_short_for_the_gold_ones_are_said_before_anything_is_measured()
    {
        using var folder = new TempFolder();
        var recipe = TinyModel.Recipe(TinyModel.Write(folder.File("model"))) with
        {
            Tasks = [new TaskShare(new LettersPrompt(new LongLettersTask()))],
            Budget = new Budget { Steps = 1 },
        };
        var seen = new Seen();
        using var run = await recipe.RunAsync(Options(folder), seen);
        Assert.StartsWith(
            "task 'long': the gold answers of ",
            Assert.Single(seen.Values.TakeWhile(v => v.Phase == RunPhase.Preparing), v => v.Notice is not null).Notice,
            StringComparison.Ordinal
        );
        Assert.Single(RunFolder.Read<JsonObject>(Path.Combine(run.Folder, "run.json"))["warnings"]!.AsArray());
        Assert.InRange(Assert.Single(run.After.Tasks).Unreachable, 1, run.After.Tasks[0].Examples - 1);
        var quiet = new Seen();
        using var other = await recipe.RunAsync(Options(folder) with { Evaluate = false }, quiet);
        Assert.DoesNotContain(quiet.Values, v => v.Notice is not null);
    }

    [Fact]
    public async Task What_recipe_model_and_prompts_cannot_agree_on_is_said_before_anything_is_trained()
    {
        using var folder = new TempFolder();
        var recipe = TinyModel.Recipe(TinyModel.Write(folder.File("model")));
        await Refused(recipe with { Batch = new Batch { SequenceLength = 65 } }, "at most 64 tokens");
        await Refused(recipe with { Tasks = [.. recipe.Tasks, .. recipe.Tasks] }, "'letters' stands twice");
        await Refused(recipe with { Tasks = [] }, "it has no tasks and no corpus, so that there is nothing to train on");
        await Refused(
            recipe with
            {
                Tasks = [],
                OneModelPer = new TaskGrouping(),
            },
            "it has no tasks and no corpus, so that there is nothing to train on"
        );
        await Refused(recipe with { Model = recipe.Model with { ChatFormat = new Strange() } }, "needs the token '<|strange|>'");
        await Refused(recipe with { Model = TinyModel.Source, Tuning = new Lora() }, "a new model needs tuning: full");

        async Task Refused(Recipe wrong, string message) =>
            Assert.Contains(
                message,
                (await Assert.ThrowsAsync<RunException>(() => wrong.RunAsync(Options(folder) with { Evaluate = false }))).Message,
                StringComparison.Ordinal
            );
    }

    private sealed class UntestedTask : LettersTask
    {
        public override Split Split => new RandomSplit { Test = 1e-9, Validation = 0.3 };
    }

    /// <summary>An objective of a user's own: what the answers cost, changed.</summary>
    private abstract record Changed : Objective
    {
        public override ObjectiveRun Start(ObjectiveStart start) => new Run(this, new Supervised().Start(start));

        protected abstract torch.Tensor Change(torch.Tensor sum, Torch.Batches.TokenBatch batch);

        private sealed class Run(Changed objective, ObjectiveRun plain) : ObjectiveRun
        {
            public override double[] Count(Torch.Batches.TokenBatch batch) => plain.Count(batch);

            public override LossSum[] Loss(ForwardPass pass)
            {
                var sum = plain.Loss(pass)[0].Sum;
                return [new(torch.is_grad_enabled() ? objective.Change(sum, pass.Batch) : sum)];
            }
        }
    }

    /// <summary>Gives NaN at one step.</summary>
    private sealed record BreaksAt : Changed
    {
        private int calls;

        public int Step { get; init; }

        protected override torch.Tensor Change(torch.Tensor sum, Torch.Batches.TokenBatch batch) =>
            ++calls == Step ? sum * double.NaN : sum;
    }

    /// <summary>An objective whose losses or gradients are not finite for some texts.</summary>
    private sealed record BreaksOn : Changed
    {
        public bool Gradients { get; init; }

        /// <summary>All batches that were learned from.</summary>
        public List<Torch.Batches.TokenBatch> Seen { get; } = [];

        public static bool Breaks(Torch.Batches.TokenBatch batch) => batch.Ids.ToArray().Sum() % 11 == 0;

        protected override torch.Tensor Change(torch.Tensor sum, Torch.Batches.TokenBatch batch)
        {
            Seen.Add(batch);
            if (!Breaks(batch))
                return sum;
            return Gradients ? sum + (sum - sum.detach()).sqrt() : sum / 0;
        }
    }

    private sealed record Strange : Prompts.ChatFormat
    {
        public override IReadOnlyList<string> SpecialTokens => ["<|strange|>"];

        public override void BeginMessage(Prompts.PromptBuffer buffer, Prompts.Role role) => throw new NotSupportedException();

        public override void EndMessage(Prompts.PromptBuffer buffer, Prompts.Role role, bool answer) => throw new NotSupportedException();
    }
}
