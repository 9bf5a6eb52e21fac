using TaskDsl.Data;
using TaskDsl.Torch.Batches;
using Xunit;

namespace TaskDsl.Torch.Tests.Batching;

/// <summary>When a run ends.</summary>
public sealed class BudgetTests
{
    /// <summary>Steps alone go through the data as often as they need; nothing else than they ends the run.</summary>
    [Theory]
    [InlineData(null, 1000, 1000)]
    [InlineData(null, 5, 5)]
    [InlineData(2.0, 1000, 20)]
    [InlineData(200.0, 1000, 1000)]
    [InlineData(null, null, 30)]
    public void Steps_alone_end_a_run_where_no_epochs_are_given(double? epochs, int? most, int steps)
    {
        var stream = new TrainingStream(
            [new FakeSource("a", 1, [.. Enumerable.Repeat(32, 10)])],
            new Batch { SequenceLength = 32, Rows = 1 },
            0,
            1
        );
        var report = stream.Measure(new Budget { Epochs = epochs, Steps = most });
        Assert.Equal((steps, 10, (long)steps), (report.Steps, report.StepsPerEpoch, report.Rows));
    }

    /// <summary>Where an epoch has no step, the count ends with an error, and not never.</summary>
    [Theory]
    [InlineData(0.0, 32)]
    [InlineData(0.9, 32)]
    [InlineData(1.0, 40)]
    [InlineData(0.5, 32, 40)]
    public void An_epoch_without_a_step_is_an_error(double weight, params int[] lengths)
    {
        var batch = new Batch
        {
            SequenceLength = 32,
            Rows = 1,
            Overlong = Overlong.Drop,
        };
        var stream = new TrainingStream([new FakeSource("a", weight, lengths)], batch, 0, 1);
        var thrown = Assert.Throws<DataException>(() => stream.Measure(new Budget { Steps = 9 }));
        Assert.Contains("nothing to train on", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tenth_of_ten_steps_is_one()
    {
        var stream = new TrainingStream(
            [new FakeSource("a", 1, [.. Enumerable.Repeat(32, 10)])],
            new Batch { SequenceLength = 32, Rows = 1 },
            0,
            1
        );
        Assert.Equal(11, stream.Measure(new Budget { Epochs = 1.1 }).Steps); // 1.1 - 1 is a little more than 0.1.
    }
}
