using TaskDsl.Torch.Native;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Native;

/// <summary>Numbers that are copied to a device are what they were, and only they stay.</summary>
public sealed class FromHostTests : TorchTest
{
    [Fact]
    public void Numbers_arrive_as_they_are()
    {
        Assert.Equal([1, 2, 3, 4], FromHost.Tensor([1L, 2, 3, 4], [2, 2], CPU).data<long>().ToArray());
        Assert.Equal([2, 2], FromHost.Tensor([1L, 2, 3, 4], [2, 2], CPU).shape);
        Assert.Equal([5, 6], FromHost.Tensor([5L, 6], CPU).data<long>().ToArray());
        Assert.Equal([7, 8], FromHost.Tensor([7, 8], CPU).data<int>().ToArray());
        Assert.Equal([1.5f, 2], FromHost.Tensor([1.5f, 2], CPU).data<float>().ToArray());
        Assert.Equal([1, 2], FromHost.Tensor([1.5f, 2], [1, 2], CPU).shape);
        Assert.Equal([true, false], FromHost.Tensor([true, false], [2, 1], CPU).data<bool>().ToArray());
    }

    [Fact]
    public void On_another_device_the_hosts_copy_is_freed()
    {
        var before = SettledTensors();
        using (var there = FromHost.Tensor([1L, 2, 3], device(TorchSharp.DeviceType.META)))
        {
            Assert.Equal((TorchSharp.DeviceType.META, ScalarType.Int64, 3), (there.device_type, there.dtype, there.numel()));
            Assert.Equal(before + 1, SettledTensors());
        }
    }
}
