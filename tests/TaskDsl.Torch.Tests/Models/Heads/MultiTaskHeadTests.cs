using System.Text.Json.Nodes;
using TaskDsl.HuggingFace;
using TaskDsl.Tasks;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Heads;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Optimizers;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Runs;
using TaskDsl.Torch.Tests.Objectives;
using TaskDsl.Torch.Tests.Training;
using TaskDsl.Torch.Tuning;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Models.Heads;

/// <summary>Several tasks' scores, one behind the other.</summary>
public sealed class MultiTaskHeadTests : TorchTest
{
    private static readonly DslTask[] Tasks = [new HeadLettersTask("first"), new LettersInTextTask(), new SeveralTask()];

    [Fact]
    public void Each_task_has_its_part_of_the_scores_and_no_other_task_has_one()
    {
        var head = new MultiTaskHead();
        var request = head.For(Tasks);
        Assert.Equal("single_label_classification,token_classification,multi_label_classification", request.Problem);
        Assert.Equal(request.Labels, head.For([.. Tasks, Tasks[0]]).Labels);
        Assert.Equal([0, 5, 8], Tasks.Select(task => head.Of(task, request.Labels)!.First));
        Assert.Equal(["O", "B-who", "I-who"], head.Of(Tasks[1], request.Labels)!.Request.Labels);
        Assert.Null(head.Of(new HeadLettersTask("second"), request.Labels));
        Assert.Null(head.Of(new HeadLettersTask("first"), [.. request.Labels.Skip(1)]));
        Assert.Equal(
            "multi_task: task 'written' has outputs of type text; expected one of type label, labels, float, int or entities.",
            Assert.Throws<MisfitException>(() => head.For([Tasks[0], new WrittenTask()])).Message
        );
    }

    [Theory]
    [InlineData(null, "problem_type is not there, where one of ")]
    [InlineData("single_label_classification,token_classification", "for each of the model's tasks (first, facts, several)")]
    [InlineData("single_label_classification,tags,regression", "problem_type is 'single_label_classification,tags,regression', where")]
    public void A_folder_that_does_not_say_what_each_task_answers_is_refused(string? problem, string expected)
    {
        using var golden = new GoldenModel("bert_mlm");
        using var folder = new TempFolder();
        using (var model = LanguageModel.Load(golden.Folder, new MultiTaskHead().For(Tasks), 1))
            model.Save(folder.File("model"));
        ModelConfig.Load(folder.File("model")).With([KeyValuePair.Create("problem_type", (JsonNode?)problem)]).Save(folder.File("model"));
        using var broken = LanguageModel.Load(folder.File("model"));
        var error = Assert.Throws<ModelException>(() => new MultiTask().Start(new ObjectiveStart { Model = broken }));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    /// <summary>Of each task by itself, with its own rows of the head's map, by plain operations.</summary>
    [Fact]
    public void The_loss_is_the_sum_of_what_each_task_by_itself_would_have()
    {
        using var golden = new GoldenModel("bert_mlm");
        using var model = (Encoder)LanguageModel.Load(golden.Folder, new MultiTaskHead().For(Tasks), 1);
        using (no_grad())
            model.Parameters["score.bias"].normal_();
        TokenSequence[] texts =
        [
            Text("first", [2, 11, 12, 3]) with
            {
                Target = [3],
            },
            Text("facts", [2, 13, 14, 15, 3]) with
            {
                Tags = [-100, 1, 2, 0, -100],
            },
            Text("several", [2, 16, 3]) with
            {
                Target = [1, 0, 1],
            },
            Text("first", [2, 17, 3]) with
            {
                Target = [0.1f, 0.2f, 0.3f, 0.4f, 0],
            },
        ];
        var loss = new MultiTask().Loss(
            model,
            new TokenBatch([.. texts.Select((text, i) => new[] { new TokenGroup(text) { Weight = i + 1 } })], 0)
        );
        Assert.Equal(1 + 2 + 3 + 4, loss.Count);

        var expected =
            nn.functional.cross_entropy(Scores(0).mean([0L]).narrow(0, 0, 5).unsqueeze(0), tensor(new[] { 3L }))
            + 2 * nn.functional.cross_entropy(Scores(1).narrow(0, 1, 3).narrow(1, 5, 3), tensor(new[] { 1L, 2, 0 }))
            + 3 * nn.functional.binary_cross_entropy_with_logits(Scores(2).mean([0L]).narrow(0, 8, 3), tensor(new[] { 1f, 0, 1 }))
            - 4 * (Scores(3).mean([0L]).narrow(0, 0, 5).log_softmax(0) * tensor(texts[3].Target)).sum();
        Assert.Equal(expected.ToDouble(), loss.Sum.ToDouble(), 1e-4);

        Tensor Scores(int text) =>
            model
                .Hidden(tensor(texts[text].Ids.Select(id => (long)id).ToArray()).unsqueeze(0))[0]
                .matmul(model.Parameters["score.weight"].t()) + model.Parameters["score.bias"]; // [tokens, scores]
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task One_model_learns_to_answer_by_a_label_and_by_entities(bool adapted)
    {
        using var folder = new TempFolder();
        var (first, facts, second) = (new HeadLettersTask("first"), new LettersInTextTask(), new HeadLettersTask("second"));
        var recipe = TinyModel.Recipe(TinyModel.Write(folder.File("model"))) with
        {
            Name = "both",
            Tasks = [new TaskShare(new LettersPrompt(first)), new TaskShare(new LettersPrompt(facts))],
            Objective = new MultiTask(),
            Tuning = adapted ? new Lora { Rank = 8 } : new Full(),
            Optimizer = new AdamW { LearningRate = adapted ? 1e-2 : 5e-3 },
            Batch = new Batch { Rows = 8, SequenceLength = 32 },
            Budget = new Budget { Epochs = 12 },
        };
        using (var run = await recipe.RunAsync(TrainingRunTests.Options(folder)))
        {
            Assert.InRange(run.After["first", "en", "accuracy"]!.Value, 0.9, 1); // By chance: 0.2.
            Assert.InRange(run.After["facts", "en", "accuracy"]!.Value, 0.9, 1);
        }

        using var read = LoadedModel.Load(folder.File("runs/both/best"));
        Assert.Equal("d", (await read.PredictAsync(first, new LettersPrompt(first), new LettersInput("DXY"))).Letter);
        Assert.Equal("DXY", (await read.PredictAsync(facts, new LettersPrompt(facts), new LettersInput("DXY 41"))).Letter);
        Assert.Contains(
            "that is not what task 'second' asks for",
            (
                await Assert.ThrowsAsync<ModelException>(() =>
                    read.PredictAsync(second, new LettersPrompt(second), new LettersInput("DXY"))
                )
            ).Message,
            StringComparison.Ordinal
        );
    }

    private static TokenSequence Text(string task, int[] ids) =>
        new(ids, new bool[ids.Length], default) { Task = TokenSequence.HashOf(task) };

    private sealed class WrittenTask() : HeadLettersTask("written")
    {
        public override IReadOnlyList<FieldInfo> OutputFields => [new("letter", "text", "", [])];
    }

    private sealed class SeveralTask() : HeadLettersTask("several")
    {
        public override IReadOnlyList<FieldInfo> OutputFields => [new("letter", "labels", "", ["x", "y", "z"])];
    }
}
