using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Heads;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Models.Heads;

public sealed class LmHeadTests : TorchTest
{
    [Theory]
    [InlineData("llama", "lm_head.weight"), InlineData("gpt_neox", "embed_out.weight"), InlineData("t5_v1_1", "lm_head.weight")]
    [InlineData("gpt2", "transformer.wte.weight"), InlineData("t5", "shared.weight"), InlineData("bart", "model.shared.weight")]
    public void The_map_to_the_vocabulary_is_the_one_that_the_family_names(string name, string weight)
    {
        using var golden = new GoldenModel(name);
        Assert.Equal(new LmHead(), golden.Model.Head);
        Close(golden.Model.Parameters[weight], golden.Model.Vocabulary.Weight, 0);
        Assert.Equal(!weight.Contains("lm_head", StringComparison.Ordinal) && weight != "embed_out.weight", golden.Model.Config.IsTied);
        Assert.Empty(golden.Model.TaskWeights);
    }

    /// <summary>Gemma 2 squashes the scores, a tied T5 scales the states.</summary>
    [Theory, InlineData("gemma2", 2.0, 1.0), InlineData("t5", null, 0.125)]
    public void Scores_are_squashed_and_states_scaled_as_the_family_says(string name, double? cap, double scale)
    {
        using var golden = new GoldenModel(name);
        var states = randn(2, 3, golden.Model.Config.HiddenSize) * 40;
        var plain = (states * scale).matmul(golden.Model.TokenEmbedding.t());
        Close(cap is { } limit ? limit * (plain / limit).tanh() : plain, golden.Model.Logits(states), 1e-4);
    }

    /// <summary>Files of bare models hold what they write with.</summary>
    [Fact]
    public void A_writer_whose_file_names_another_class_writes()
    {
        using var golden = new GoldenModel("bart");
        using var folder = new TempFolder();
        golden.Model.Save(folder.Path);
        golden
            .Model.Config.With(
                KeyValuePair.Create("architectures", (System.Text.Json.Nodes.JsonNode?)new System.Text.Json.Nodes.JsonArray("BartModel"))
            )
            .Save(folder.Path);
        using var again = LanguageModel.Load(folder.Path);
        Assert.Equal(new LmHead(), again.Head);
    }
}
