using TaskDsl.Torch.Training;
using Xunit;

namespace TaskDsl.Torch.Tests.Training;

public sealed class ThroughputTests
{
    [Fact]
    public void It_is_that_of_the_last_twenty_steps()
    {
        var throughput = new Throughput();
        Assert.Equal((0, TimeSpan.Zero), (throughput.TokensPerSecond, throughput.TimePerStep));
        for (var i = 0; i < 30; i++)
            throughput.Add(100, TimeSpan.FromSeconds(10));
        for (var i = 0; i < 10; i++)
            throughput.Add(50, TimeSpan.FromSeconds(1));
        Assert.Equal((10 * 100 + 10 * 50) / 110.0, throughput.TokensPerSecond, 1e-9);
        Assert.Equal(TimeSpan.FromSeconds(5.5), throughput.TimePerStep);
        Assert.Equal(TimeSpan.FromSeconds(1), throughput.LastStep);
    }
}
