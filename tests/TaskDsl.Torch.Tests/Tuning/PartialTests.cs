using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Tests.Models;
using TaskDsl.Torch.Tuning;
using TaskDsl.Torch.Tuning.Adapters;
using Xunit;

namespace TaskDsl.Torch.Tests.Tuning;

public sealed class PartialTests : TorchTest
{
    public static TheoryData<TuningMethod, string> Wrong =>
        new()
        {
            { new Partial(), "nothing of this model" },
            {
                new Partial { Layers = [5] },
                "layers 0 to 1"
            },
            {
                new Partial { Sites = [Site.Head] },
                "no head"
            },
        };

    [Theory, MemberData(nameof(Wrong))]
    public void What_does_not_fit_the_model_says_so(TuningMethod method, string problem)
    {
        using var golden = new GoldenModel("llama");
        Assert.Contains(problem, Assert.Throws<MisfitException>(() => method.Start(golden.Model, 1)).Message, StringComparison.Ordinal);
    }
}
