using TaskDsl.Torch.Pipelines.Selecting;
using Xunit;

namespace TaskDsl.Torch.Tests.Pipelines.Selecting;

public class TopTests
{
    /// <summary>0.07 of 100 is 7.000000000000001 in floating point.</summary>
    [Theory]
    [InlineData(0.07, 100, 7), InlineData(0.14, 50, 7), InlineData(0.29, 100, 29), InlineData(0.57, 100, 57), InlineData(0, 9, 0)]
    [InlineData(0.5, 5, 3), InlineData(0.001, 100, 1), InlineData(0.071, 100, 8), InlineData(1, 1_000_000, 1_000_000)]
    public void A_share_is_rounded_up_and_not_further(double share, int all, int chosen) => Assert.Equal(chosen, Top.OfShare(share, all));
}
