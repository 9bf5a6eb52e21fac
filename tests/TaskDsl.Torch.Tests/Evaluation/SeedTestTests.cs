using TaskDsl.Torch.Evaluation;
using Xunit;

namespace TaskDsl.Torch.Tests.Evaluation;

/// <summary>Student's test against the published table of his distribution.</summary>
public sealed class SeedTestTests
{
    [Theory]
    // NIST/SEMATECH e-Handbook, 1.3.6.7.2: critical values, upper tail.
    [InlineData(1, 6.314, 0.05)]
    [InlineData(2, 2.920, 0.05)]
    [InlineData(3, 2.353, 0.05)]
    [InlineData(4, 2.132, 0.05)]
    [InlineData(9, 1.833, 0.05)]
    [InlineData(10, 2.764, 0.01)]
    [InlineData(29, 2.462, 0.01)]
    [InlineData(5, -2.015, 0.95)]
    [InlineData(7, 0, 0.5)]
    public void The_tail_is_that_of_the_table(int degrees, double t, double p) => Assert.Equal(p, SeedTest.UpperTail(t, degrees), 0.0001);

    [Fact]
    public void Seeds_are_the_unit()
    {
        // t = 0.02 / (0.01 / sqrt(3)) = 3.46, of 2 degrees.
        Assert.Equal(SeedTest.UpperTail(Math.Sqrt(12), 2), SeedTest.P([0.01, 0.02, 0.03]), 1e-12);
        Assert.True(SeedTest.P([0.01, 0.02, 0.03]) < 0.05);
        Assert.True(SeedTest.P([-0.01, 0.02, 0.05]) > 0.05);
        Assert.True(SeedTest.P([-0.01, -0.02, -0.03]) > 0.95);
        Assert.Equal((1, 1, 1), (SeedTest.P([0.5]), SeedTest.P([0.1, 0.1]), SeedTest.P([0, 0, 0])));
        Assert.Equal(0, SeedTest.P([0.125, 0.125, 0.125]));
    }
}
