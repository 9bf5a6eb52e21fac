using TaskDsl.Torch.Tests.Models;
using TaskDsl.Torch.Tuning;
using Xunit;

namespace TaskDsl.Torch.Tests.Tuning;

public sealed class BitFitTests : TorchTest
{
    [Fact]
    public void A_model_without_biases_is_refused()
    {
        using var golden = new GoldenModel("llama");
        Assert.Contains(
            "has no biases",
            Assert.Throws<MisfitException>(() => new BitFit().Start(golden.Model, 1)).Message,
            StringComparison.Ordinal
        );
    }
}
