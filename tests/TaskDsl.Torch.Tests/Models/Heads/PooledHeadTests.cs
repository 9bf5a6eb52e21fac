using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Heads;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Models.Heads;

public sealed class PooledHeadTests : TorchTest
{
    [Fact]
    public void The_first_token_is_pooled_where_the_family_has_a_map_for_it()
    {
        using var golden = new GoldenModel("bert");
        var encoder = (Encoder)golden.Model;
        Assert.Equal(new PooledHead(), encoder.Head);
        var first = golden.Run("full").Hidden.select(1, encoder.PlaceOf([5, 6, 7]));
        Close(golden["full/pooler_output"], encoder.Logits(first), 5e-5);
    }

    [Fact]
    public void A_bare_model_of_a_family_without_a_pooler_gives_its_states()
    {
        using var golden = new GoldenModel("electra_discriminator");
        using var bare = LanguageModel.Create(golden.Model.Config.WithHead(new HeadRequest(new PooledHead(), [])), 1);
        Assert.DoesNotContain(bare.Parameters.Keys, name => name.Contains("electra.", StringComparison.Ordinal));
        var hidden = randn(2, 3, 64);
        Close(hidden, bare.Logits(hidden), 0);
        Assert.Contains(
            "no head over the vocabulary",
            Assert.Throws<InvalidOperationException>(() => bare.Vocabulary).Message,
            StringComparison.Ordinal
        );
    }
}
