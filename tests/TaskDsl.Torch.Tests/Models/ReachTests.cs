using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Positions;
using TaskDsl.Torch.Tests.Training;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Models;

/// <summary>How far positions reach is the host's to know: a device would have to be waited for.</summary>
public sealed class ReachTests : TorchTest
{
    private static Device Nowhere => device(TorchSharp.DeviceType.META); // Whoever asks for its numbers fails.

    [Fact]
    public void What_the_host_knows_is_not_asked_of_the_device()
    {
        var positions = zeros([2, 3], ScalarType.Int64, Nowhere);
        Assert.Equal(7, new Reach(7, IsExact: true).Of(positions));
        Assert.True(new Reach(7, IsExact: false).IsWithin(7, positions));
        Assert.False(new Reach(8, IsExact: true).IsWithin(7, positions));
    }

    [Fact]
    public void What_it_does_not_know_is_asked()
    {
        var positions = tensor(new[] { 4L, 9, 2 });
        Assert.Equal(10, new Reach(null, IsExact: true).Of(positions));
        Assert.True(new Reach(100, IsExact: false).IsWithin(10, positions));
        Assert.False(new Reach(null, IsExact: true).IsWithin(9, positions));
    }

    /// <summary>A table of rotary angles that is grown by a bound has the angles of one that is grown as far as is needed.</summary>
    [Fact]
    public void A_model_that_is_told_gives_the_same_numbers()
    {
        using var loaded = TinyModel.Open();
        var decoder = (Decoder)loaded.Model;
        using var ungraded = no_grad();
        var ids = tensor(new long[] { 1, 2, 3, 4, 5, 6 }, [2, 3]);
        var at = tensor(new long[] { 0, 1, 2, 30, 31, 32 }, [2, 3]);
        var told = decoder.Hidden(ids, at, reach: 33);
        Close(decoder.Hidden(ids, at), told, 0);
    }
}
