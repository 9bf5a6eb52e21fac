using TaskDsl.Torch.Models.Heads;
using Xunit;

namespace TaskDsl.Torch.Tests.Models.Heads;

public sealed class ReplacedTokenDetectionHeadTests : TorchTest
{
    [Fact]
    public void Each_token_has_one_logit()
    {
        using var golden = new GoldenModel("electra_discriminator");
        Assert.Equal(new ReplacedTokenDetectionHead(), golden.Model.Head);
        var logits = golden.Model.Logits(golden.Run("full").Hidden);
        Assert.Equal(golden["full/input_ids"].shape, logits.shape);
        Close(golden["full/logits"], logits, 5e-5);
    }
}
