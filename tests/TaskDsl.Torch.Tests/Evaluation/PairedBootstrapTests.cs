using TaskDsl.Metrics;
using TaskDsl.Metrics.Counting;
using TaskDsl.Tasks;
using TaskDsl.Torch.Evaluation;
using Xunit;

namespace TaskDsl.Torch.Tests.Evaluation;

public sealed class PairedBootstrapTests
{
    /// <summary>
    /// Of n examples one model wins some and loses others; a resample draws n of them, so that the share in which the difference vanishes
    /// or turns round is known exactly: that of a trinomial distribution.
    /// </summary>
    [Theory]
    [InlineData(60, 9, 3)]
    [InlineData(60, 5, 5)]
    [InlineData(100, 8, 1)]
    [InlineData(100, 2, 12)]
    public void Is_the_share_that_counting_gives(int n, int won, int lost)
    {
        var a = Scores(Enumerable.Range(0, n).Select(i => i < lost));
        var b = Scores(Enumerable.Range(0, n).Select(i => i >= lost && i < lost + won));
        var p = PairedBootstrap.P((won - lost) / (double)n, [.. b.Zip(a, (x, y) => x - y)]);
        var exact = Math.Min(1, 2 * Math.Min(NotAbove(n, won, lost), NotAbove(n, lost, won)));
        Assert.InRange(p, exact - 0.05 * Math.Sqrt(exact) - 0.003, exact + 0.05 * Math.Sqrt(exact) + 0.004);
    }

    [Fact]
    public void Beyond_the_resamples_it_is_the_tail_of_a_normal_distribution()
    {
        double[] resampled = [.. Enumerable.Range(0, 1000).Select(i => i % 2 == 0 ? 4.0 : 6.0)]; // 5 ± 1
        Assert.Equal(2 * 2.866515718791939e-07, PairedBootstrap.P(5, resampled), 1e-15); // 1 − Φ(5), Abramowitz and Stegun, table 26.2
        Assert.Equal(2 * 2.866515718791939e-07, PairedBootstrap.P(-5, [.. resampled.Select(d => -d)]), 1e-15);
    }

    [Fact]
    public void Nothing_is_told_of_nothing()
    {
        Assert.Equal(1, PairedBootstrap.P(0, [0, 0, 0]));
        Assert.Equal(double.NaN, PairedBootstrap.P(0, []));
        Assert.Equal(double.NaN, PairedBootstrap.P(double.NaN, [1, 2]));
        Assert.Equal(2.0 / 4, PairedBootstrap.P(1, [1, 1, 1])); // No deviation says nothing of a tail.
    }

    /// <summary>How probable it is that of n draws not more are won than lost.</summary>
    private static double NotAbove(int n, int won, int lost)
    {
        var (w, l) = ((double)won / n, (double)lost / n);
        // distribution[d + n] after k draws
        var distribution = new double[2 * n + 1];
        distribution[n] = 1;
        for (var k = 0; k < n; k++)
        {
            var next = new double[2 * n + 1];
            for (var d = 0; d <= 2 * n; d++)
            {
                next[d] += distribution[d] * (1 - w - l);
                if (d < 2 * n)
                    next[d + 1] += distribution[d] * w;
                if (d > 0)
                    next[d - 1] += distribution[d] * l;
            }

            distribution = next;
        }

        return distribution.Take(n + 1).Sum();
    }

    private static IReadOnlyList<double> Scores(IEnumerable<bool> right) =>
        Bootstrap.Resample(
            new Accuracy(),
            [.. right.Select(r => new Answer([new OutputItem("x", "a")], r ? [new OutputItem("x", "a")] : null))]
        );
}
