using TaskDsl.Torch.Native;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Native;

public sealed class TorchRuntimeTests : TorchTest
{
    [Fact]
    public void Libtorch_is_loaded_from_the_folder_of_the_runtime_configuration()
    {
        if (!OperatingSystem.IsLinux() || Environment.GetEnvironmentVariable("TASKDSL_LIBTORCH") is not null)
            return;
        Assert.Equal(AppContext.GetData("TaskDsl.LibTorchDir"), TorchRuntime.Folder);
        Assert.Equal(6f, (ones(2, 3).sum()).ToSingle());
    }

    [Theory]
    [InlineData("gpu")]
    [InlineData("cuda:")]
    [InlineData("cuda:-1")]
    [InlineData("cuda:999")]
    public void A_device_that_is_not_there_is_named(string name) =>
        Assert.Contains(name, Assert.Throws<ArgumentException>(() => TorchRuntime.Device(name)).Message, StringComparison.Ordinal);

    [Fact]
    public void Auto_is_a_device() =>
        Assert.Contains(TorchRuntime.Device("auto").type, new[] { TorchSharp.DeviceType.CPU, TorchSharp.DeviceType.CUDA });

    [Fact]
    public void An_image_that_lies_about_itself_is_left_to_the_loader()
    {
        var image = new byte[80];
        "\u007fELF\u0002\u0001"u8.CopyTo(image);
        image[0x28] = 0xFF;
        image[0x3C] = 9;
        Assert.Equal(0, ElfVersions.WeakenLibstdcxx(image));
        Assert.Equal(0, ElfVersions.WeakenLibstdcxx([]));
    }
}
