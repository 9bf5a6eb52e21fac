using TaskDsl.Torch.Pipelines.Running;
using Xunit;

namespace TaskDsl.Torch.Tests.Pipelines;

public sealed class VoteTests
{
    private static readonly Vote Items = new() { Over = VoteOver.Items };

    [Fact]
    public void Items_are_pooled_by_the_lists_that_they_stand_in_and_then_by_their_places()
    {
        // car 3; bus 2, in the mean at 0.5; bike 2 at 1; walk 1.
        string[][] lists =
        [
            ["car", "bike"],
            ["bus", "car", "walk"],
            ["car", "bus", "car"],
            ["x", "y", "bike"],
        ];
        Assert.Equal(["car", "bus", "bike", "x", "y", "walk"], Items.Items([.. lists], out var share));
        Assert.Equal(0.75, share);
        // What is no good counts among all, and has no item.
        Assert.Equal(["car", "bus", "bike"], (Items with { Least = 0.4 }).Items([.. lists, null], out share));
        Assert.Equal(0.6, share, 12);
        Assert.Empty((Items with { Least = 0.7 }).Items([.. lists, null], out _));
    }

    [Fact]
    public void An_item_is_the_same_however_it_is_written_and_is_written_as_it_is_most_often()
    {
        string[][] lists =
        [
            ["a car"],
            ["Car."],
            ["the bus", "car"],
            ["A car", "bus"],
            ["a car"],
            ["A"],
            ["!"],
        ];
        Assert.Equal(["a car", "bus", "A", "!"], Items.Items([.. lists], out _).Select(item => item == "the bus" ? "bus" : item));
        // As often as one another: as it was first.
        Assert.Equal(
            ["the bus"],
            Items.Items(
                [
                    ["the bus"],
                    ["bus"],
                ],
                out _
            )
        );
        Assert.Empty(Items.Items([null, []], out var none));
        Assert.Equal(0, none);
    }
}
