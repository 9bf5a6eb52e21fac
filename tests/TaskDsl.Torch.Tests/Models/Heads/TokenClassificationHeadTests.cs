using System.Text.Json.Nodes;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Heads;
using TaskDsl.Torch.Objectives;
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

/// <summary>A tag for each word; encoders' numbers are the golden tests'.</summary>
public sealed class TokenClassificationHeadTests : TorchTest
{
    private static readonly HeadRequest Three = new(new TokenClassificationHead(), ["O", "B-x", "I-x"]);

    [Theory]
    [InlineData("llama", "score", "LlamaForTokenClassification"), InlineData("qwen3", "score", "Qwen3ForTokenClassification")]
    [InlineData("gpt2", "classifier", "GPT2ForTokenClassification"), InlineData("bloom", "classifier", "BloomForTokenClassification")]
    [
        InlineData("gpt_neox", "classifier", "GPTNeoXForTokenClassification"),
        InlineData("bert_mlm", "classifier", "BertForTokenClassification")
    ]
    public void Every_tokens_state_is_mapped_by_the_weights_that_transformers_names(string name, string weight, string architecture)
    {
        using var golden = new GoldenModel(name);
        using var folder = new TempFolder();
        using (var model = LanguageModel.Load(golden.Folder, Three, 1))
            model.Save(folder.Path);
        using var again = LanguageModel.Load(folder.Path);
        Assert.Equal(architecture, again.Config.ToJson()["architectures"]![0]!.GetValue<string>());
        Assert.Equal([$"{weight}.weight", $"{weight}.bias"], again.TaskWeights);
        using (no_grad())
            again.Parameters[$"{weight}.bias"].normal_();
        var states = golden["full/last_hidden_state"];
        var expected = states.to(ScalarType.Float64).matmul(again.Parameters[$"{weight}.weight"].to(ScalarType.Float64).t());
        Close(expected + again.Parameters[$"{weight}.bias"], again.Logits(states), 1e-5);
    }

    [Fact]
    public void A_packed_loss_on_a_decoder_is_that_of_each_text_by_itself()
    {
        using var golden = new GoldenModel("llama");
        using var model = LanguageModel.Load(golden.Folder, Three, 1);
        TokenSequence[] texts = [Tagged([11, 12, 13], [0, -100, 1]), Tagged([14, 15], [2, 1])];
        var objective = new TokenClassification();
        var apart = objective.Loss(
            model,
            new TokenBatch(
                [
                    [texts[0]],
                    [texts[1]],
                ],
                0
            )
        );
        var packed = objective.Loss(model, new TokenBatch([texts], 0));
        Assert.Equal((4, 4), (apart.Count, packed.Count));
        Assert.Equal(apart.Sum.ToDouble(), packed.Sum.ToDouble(), 1e-5);

        static TokenSequence Tagged(int[] ids, int[] tags) => new(ids, new bool[ids.Length], default) { Tags = tags };
    }

    [Fact]
    public async Task A_recipe_puts_it_on_a_decoder_and_its_adapter_is_saved_as_peft_does()
    {
        using var folder = new TempFolder();
        var recipe = TinyModel.Recipe(TinyModel.Write(folder.File("model"))) with
        {
            Name = "tags",
            Tasks = [new TaskShare(new LettersPrompt(new LettersInTextTask()))],
            Objective = new TokenClassification(),
            Tuning = new Lora { Rank = 8 },
            Optimizer = new AdamW { LearningRate = 1e-2 },
            Batch = new Batch { Rows = 4, SequenceLength = 32 },
            Budget = new Budget { Epochs = 4 },
        };
        using (var run = await recipe.RunAsync(TrainingRunTests.Options(folder)))
        {
            Assert.IsType<Decoder>(run.Model.Model);
            Assert.Equal(1, run.After["facts", "en", "accuracy"]!.Value);
        }

        var config = JsonNode.Parse(await File.ReadAllTextAsync(folder.File("runs/tags/best/adapter_config.json")))!;
        Assert.Equal("TOKEN_CLS", config["task_type"]!.GetValue<string>());
        Assert.Equal(["score"], config["modules_to_save"]!.AsArray().Select(m => m!.GetValue<string>()));
    }

    /// <summary>The letters are the entity, the number behind them is none.</summary>
    [Fact]
    public void The_probability_of_many_tags_has_a_logarithm()
    {
        using var scores = zeros(1000, 3);
        var logarithm = new TokenClassificationHead().LogProbability(new LettersInTextTask(), scores)!.Value;
        Assert.Equal(-1000 * Math.Log(3), logarithm, 0.01);
        Assert.Equal(0, Math.Exp(logarithm)); // Its own logarithm would be no number.
    }
}
