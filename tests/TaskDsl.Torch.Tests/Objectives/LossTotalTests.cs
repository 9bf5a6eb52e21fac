using TaskDsl.Torch.Objectives.Losses;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Objectives;

/// <summary>Terms of a loss over two batches: each is divided by what it counts itself.</summary>
public sealed class LossTotalTests : TorchTest
{
    private static readonly LossTerm[] Terms = [new("tokens"), new("pairs", 0.5), new("absent", 3)];

    [Fact]
    public void Every_term_and_measure_is_a_mean_of_its_own()
    {
        var total = Total();
        Assert.Equal((2.0 + 4) / 4 + 0.5 * (30.0 + 20) / 10, total.Mean, 1e-9);
        Assert.Equal(
            [("tokens_loss", 1.5), ("pairs_loss", 5), ("tokens_right", 3.0 / 4), ("pairs_right", 8.0 / 10)],
            total.Measures.Select(m => (m.Name, m.Value))
        );
    }

    [Fact]
    public void A_batch_has_its_share_of_the_mean_whatever_its_own_counts()
    {
        var total = Total();
        Assert.Equal(100 * (2.0 / 4 + 0.5 * 30 / 10), total.Scaled(First, [1, 4, 0], 100)!.ToDouble(), 1e-4);
        Assert.Equal(100 * 2.0 / 4, total.Scaled(First, [1, 0, 0], 100)!.ToDouble(), 1e-4);
        Assert.Null(total.Scaled(First, [0, 0, 0], 100));
        Assert.Equal(4, total.Unit);
    }

    /// <summary>On a GPU each reading waits: sums are read together, and the batch that went wrong is known all the same.</summary>
    [Fact]
    public void The_first_batch_whose_loss_is_no_number_is_known_when_all_are_read()
    {
        var total = Total();
        Assert.Null(total.Broken);
        total.Add([Sum(1, 1), Sum(float.PositiveInfinity, 1), Sum(0, 0)]);
        total.Add([Sum(float.NaN, 1), Sum(1, 1), Sum(0, 0)]);
        Assert.Equal(2, total.Broken);
        Assert.False(double.IsFinite(total.Mean));
    }

    [Fact]
    public void A_sum_is_read_when_it_is_asked_for()
    {
        var total = new LossTotal(Terms);
        total.Count([1, 0, 0]);
        var nowhere = new LossSum(zeros([], device: device(DeviceType.META))); // Whoever reads it fails.
        total.Add([nowhere, nowhere, nowhere]);
        Assert.ThrowsAny<Exception>(() => total.Mean);
    }

    private static LossSum[] First => [Sum(2, 1), Sum(30, 2), Sum(0, 0)];

    private static LossTotal Total()
    {
        var total = new LossTotal(Terms);
        Assert.True(total.IsEmpty);
        total.Count([1, 4, 0]);
        total.Count([3, 6, 0]);
        total.Add(First);
        total.Add([Sum(4, 2), Sum(20, 6), Sum(0, 0)]);
        return total;
    }

    private static LossSum Sum(double sum, double right) => new(tensor((float)sum)) { Measures = [("right", right)] };
}
