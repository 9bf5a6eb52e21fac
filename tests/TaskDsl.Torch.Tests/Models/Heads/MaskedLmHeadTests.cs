using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Heads;
using Xunit;

namespace TaskDsl.Torch.Tests.Models.Heads;

/// <summary>Its scores are compared with the reference's by the golden tests.</summary>
public sealed class MaskedLmHeadTests : TorchTest
{
    [Theory]
    [InlineData("bert_mlm", "cls.predictions.bias"), InlineData("roberta_mlm", "lm_head.bias")]
    [InlineData("electra_generator", "generator_lm_head.bias")]
    public void Scores_are_those_of_the_features_by_the_embedding(string name, string bias)
    {
        using var golden = new GoldenModel(name);
        var encoder = (Encoder)golden.Model;
        Assert.Equal(new MaskedLmHead(), encoder.Head);
        var hidden = golden.Run("full").Hidden;
        Close(
            encoder.Features(hidden).matmul(encoder.TokenEmbedding.t()) + encoder.Parameters[bias],
            encoder.Vocabulary.Logits(encoder.Features(hidden)),
            1e-5
        );
        Close(golden["full/logits"], encoder.Logits(hidden), 5e-5);
        Assert.Empty(encoder.TaskWeights);
    }
}
