using TaskDsl.Torch.Evaluation;
using Xunit;

namespace TaskDsl.Torch.Tests.Evaluation;

public sealed class HolmTests
{
    [Theory]
    // By hand, and as R's p.adjust(p, "holm") does.
    [InlineData(new[] { 0.01, 0.04, 0.03, 0.005 }, new[] { 0.03, 0.06, 0.06, 0.02 })]
    [InlineData(new[] { 0.5, 0.5, 0.4 }, new[] { 1.0, 1.0, 1.0 })]
    [InlineData(new[] { 0.02, 0.011, 0.011 }, new[] { 0.033, 0.033, 0.033 })]
    [InlineData(new[] { 0.03 }, new[] { 0.03 })]
    [InlineData(new double[0], new double[0])]
    public void Adjusts_as_by_hand(double[] p, double[] adjusted) =>
        Assert.Equal(adjusted, Holm.Adjust(p).Select(value => Math.Round(value, 12)));
}
