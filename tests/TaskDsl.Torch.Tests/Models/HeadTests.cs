using System.Text.Json.Nodes;
using TaskDsl.HuggingFace;
using TaskDsl.Tasks;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Objectives.Losses;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Models;

/// <summary>What holds for every head on every family.</summary>
public sealed class HeadTests : TorchTest
{
    [Theory, MemberData(nameof(GoldenModel.Names), MemberType = typeof(GoldenModel))]
    public void A_family_names_its_classes_as_transformers_does(string name)
    {
        using var golden = new GoldenModel(name);
        var config = golden.Model.Config;
        Assert.Equal(golden.Json.GetProperty("model_class").GetString(), Class(config));
        Assert.Equal(Class(config), Class(config.WithHead(new HeadRequest(config.Head, []))));
    }

    public static TheoryData<string> Heads => [.. Head.All.Select(head => head.Name)];

    /// <summary>Some family has it, and its model is read again as the same.</summary>
    [Theory, MemberData(nameof(Heads))]
    public void Every_head_is_saved_and_read_again(string name)
    {
        var (head, had) = (Head.All.Single(h => h.Name == name), 0);
        foreach (var family in (string[])["llama", "gpt2", "bert_mlm", "electra_discriminator", "t5", "bart"])
        {
            using var golden = new GoldenModel(family);
            using var folder = new TempFolder();
            try
            {
                using var model = LanguageModel.Create(golden.Model.Config.WithHead(new HeadRequest(head, ["x", "y"])), 1);
                model.Save(folder.Path);
            }
            catch (ModelException)
            {
                continue; // This family cannot have it.
            }

            had++;
            using var again = LanguageModel.Load(folder.Path);
            Assert.Equal(head, again.Head);
            Assert.Equal(head is TaskHead, again.TaskWeights.Count > 0);
        }

        Assert.True(had > 0);
    }

    /// <summary>A head of a project's own, in its own assembly.</summary>
    [Theory]
    [InlineData("llama", "LlamaForThreeNumbers", 64), InlineData("bert_mlm", "BertForThreeNumbers", 64)]
    [InlineData("t5", "T5ForThreeNumbers", 64), InlineData("opt_postln_proj", "OPTForThreeNumbers", 20)]
    public void A_head_of_ones_own_fits_every_family(string name, string architecture, int width)
    {
        using var golden = new GoldenModel(name);
        using var folder = new TempFolder();
        using (var model = LanguageModel.Load(golden.Folder, new HeadRequest(new ThreeNumbersHead(), []), 1))
            model.Save(folder.Path);
        using var again = LanguageModel.Load(folder.Path);
        Assert.Equal(new ThreeNumbersHead(), again.Head);
        Assert.Equal(architecture, Class(again.Config));
        Assert.Equal([3, width], again.Parameters["three.weight"].shape);
        var states = randn(2, 5, width);
        Close(states.matmul(again.Parameters["three.weight"].t()).abs(), again.Logits(states), 1e-6);
    }

    /// <summary>Whatever shares its row or stands behind it.</summary>
    [Theory, InlineData("llama", true), InlineData("bert_mlm", false)]
    public void A_head_may_read_the_mean_of_a_texts_states(string name, bool packed)
    {
        using var golden = new GoldenModel(name);
        using var model = LanguageModel.Load(golden.Folder, new HeadRequest(new MeanHead(), ["x"]), 1);
        TokenSequence[] texts = [new([5, 6, 7], new bool[3], default), new([8, 9], new bool[2], default)];
        using var pass = new ForwardPass(model, new TokenBatch(packed ? [texts] : [.. texts.Select(text => new[] { text })], 0));
        var scores = model.Logits(pass.OfTexts());
        foreach (var (i, text) in texts.Index())
        {
            using var alone = new ForwardPass(
                model,
                new TokenBatch(
                    [
                        [text],
                    ],
                    0
                )
            );
            Close(alone.Hidden().mean([1L]).matmul(model.Parameters["mean.weight"].t())[0], scores[i], 1e-5);
        }
    }

    [Theory]
    [InlineData("llama", "MaskedLm"), InlineData("bert_mlm", "Lm"), InlineData("bert_mlm", "ReplacedTokenDetection")]
    [InlineData("t5", "TokenClassification"), InlineData("bart", "TokenClassification"), InlineData("gpt2", "Pooled")]
    public void What_a_family_cannot_have_is_refused_with_what_it_can(string name, string head)
    {
        using var golden = new GoldenModel(name);
        var error = Assert.Throws<ModelException>(() =>
            golden.Model.Config.WithHead(new HeadRequest(Head.All.Single(h => h.Name == head), []))
        );
        Assert.Contains(
            $"a {golden.Model.Config.ModelType} can have no head {head}; expected one of",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Contains("SequenceClassification", error.Message, StringComparison.Ordinal);
    }

    [Theory, InlineData("BertForQuestionAnswering"), InlineData("LlamaForMaskedLM")]
    public void An_encoder_of_another_class_is_refused(string architecture)
    {
        using var golden = new GoldenModel("bert");
        var error = Assert.Throws<ModelException>(() =>
            golden.Model.Config.With(KeyValuePair.Create("architectures", (JsonNode?)new JsonArray(architecture)))
        );
        Assert.Contains(
            $"'{architecture}' is not supported; expected one of BertModel, BertForMaskedLM",
            error.Message,
            StringComparison.Ordinal
        );
    }

    private static string? Class(ModelConfig config) => config.ToJson()["architectures"]![0]!.GetValue<string>();

    internal sealed record MeanHead : SingleTaskHead
    {
        public override string ClassSuffix => "ForMean";

        public override string Summary => "that answers a number";

        public override HeadShape Shape => new() { Out = "mean", OutBias = false };

        public override bool ReadsMean(LanguageModel model) => true;

        public override HeadRequest For(DslTask task) => new(this, [task.OutputFields[0].Name]);

        public override JsonNode Answer(DslTask task, object input, Tensor scores) => JsonValue.Create(scores[0].item<float>());

        public override double? LogProbability(DslTask task, Tensor scores) => null;
    }

    internal sealed record ThreeNumbersHead : Head
    {
        public override string ClassSuffix => "ForThreeNumbers";

        public override string Summary => "that gives three numbers";

        public override HeadShape Shape => new() { Out = "three", OutBias = false };

        public override int Outputs(ModelConfig config) => 3;

        public override Tensor Scores(Tensor outputs) => outputs.abs();
    }
}
