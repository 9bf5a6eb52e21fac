using System.Reflection;
using System.Runtime.InteropServices;
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
    public void A_device_that_is_none_is_named(string name) =>
        Assert.Contains(name, Assert.Throws<ArgumentException>(() => TorchRuntime.Device(name)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(2, true, "device 'cuda:7': this machine has 2 GPUs, cuda:0 to cuda:1.")]
    [InlineData(1, true, "device 'cuda:7': this machine has one GPU, cuda:0.")]
    [InlineData(0, true, "is a CUDA build, and finds no GPU: its driver is not loaded or too old")]
    [InlineData(0, false, "is a build for the CPU. Set TASKDSL_LIBTORCH to the lib folder of a CUDA build")]
    public void A_gpu_that_is_not_there_is_named_with_what_is(int gpus, bool built, string expected)
    {
        using var fake = new FakeGpus(gpus) { IsBuilt = built };
        Assert.Contains(expected, Assert.Throws<MisfitException>(() => TorchRuntime.Device("cuda:7")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Auto_is_the_first_gpu()
    {
        using var fake = new FakeGpus(2);
        Assert.Equal("cuda:0", TorchRuntime.Device("auto").ToString());
        Assert.Equal("cuda:1", TorchRuntime.Device("cuda:1").ToString());
    }

    [Theory]
    [InlineData(9, false), InlineData(10, true), InlineData(11, true), InlineData(12, false)]
    public void A_libtorch_of_another_version_is_refused_by_it(ulong minor, bool fits)
    {
        var version = LibTorchVersion.Of(2UL << 56 | minor << 48);
        Assert.Equal(fits, version.Fits);
        if (fits)
            LibTorchVersion.Check(version, "/opt/torch/lib", "TASKDSL_LIBTORCH");
        else
            Assert.StartsWith(
                $"'/opt/torch/lib' (TASKDSL_LIBTORCH) holds libtorch 2.{minor}; TaskDsl fits 2.10 and 2.11, ",
                Assert.Throws<DllNotFoundException>(() => LibTorchVersion.Check(version, "/opt/torch/lib", "TASKDSL_LIBTORCH")).Message,
                StringComparison.Ordinal
            );
    }

    [Fact]
    public void A_libtorch_that_is_too_old_to_say_its_version_is_refused_too() =>
        Assert.Throws<DllNotFoundException>(() => LibTorchVersion.Check(null, "/opt/torch/lib", "TASKDSL_LIBTORCH"));

    [Fact]
    public void This_libtorch_says_its_version() => Assert.True(TorchRuntime.Version is { Fits: true });

    /// <summary>Of cuDNN's attention, which plans anew for each shape; the second name is an older one.</summary>
    [Theory]
    [InlineData("TORCH_CUDNN_SDPA_DEPRIORITIZED", "1"), InlineData("TORCH_CUDNN_SDPA_PREFERRED", "0")]
    public void What_native_libraries_read_is_set_unless_somebody_has(string name, string expected)
    {
        Assert.Equal(Environment.GetEnvironmentVariable(name) ?? expected, Variable(name));
        NativeLoader.SetVariable(name, "another");
        Assert.Equal(Environment.GetEnvironmentVariable(name) ?? expected, Variable(name));
    }

    /// <summary>
    /// What has no deterministic kernel says so on standard error and is done; cuBLAS gets the workspaces that it needs for it.
    /// </summary>
    [Fact]
    public void Determinism_ends_nothing()
    {
        TorchRuntime.Deterministic = true;
        try
        {
            Assert.Equal(":4096:8", Variable("CUBLAS_WORKSPACE_CONFIG"));
            var put = new OperatorCall(stackalloc ulong[16])
                .Add(zeros(3))
                .Add(tensor(new[] { 1L }))
                .Add(ones(1))
                .Add(false)
                .Tensor("aten::put");
            Close(tensor(new[] { 0f, 1f, 0f }), put, 0);
        }
        finally
        {
            TorchRuntime.Deterministic = false;
        }
    }

    /// <summary>Trimming turns reflection off where a project does not say otherwise, and runs are written by it.</summary>
    [Fact]
    public void A_program_that_uses_this_package_keeps_json_by_reflection() =>
        Assert.True(AppContext.TryGetSwitch("System.Text.Json.JsonSerializer.IsReflectionEnabledByDefault", out var on) && on);

    private static string? Variable(string name) => Marshal.PtrToStringUTF8(GetEnvironment(name));

    [DllImport("libc", EntryPoint = "getenv")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint GetEnvironment([MarshalAs(UnmanagedType.LPUTF8Str)] string name);

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
        Assert.Equal(0, new ElfImage(image).WeakenLibstdcxx());
        Assert.Equal(0, new ElfImage([]).WeakenLibstdcxx());
        Assert.False(new ElfImage(image).Redirect(NumberMemory.Function, 1));
    }

    /// <summary>
    /// A collection while libtorch computes finalises the number that it was given: freed at once, it would be another number, or none.
    /// </summary>
    [Fact]
    public unsafe void A_number_is_still_there_when_its_finaliser_has_run()
    {
        var number = 0.5.ToScalar();
        var handle = (nint)typeof(Scalar).GetProperty("Handle", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(number)!;
        var native = new ReadOnlySpan<byte>((void*)handle, 24); // The kind of number, and the number.
        var before = native.ToArray();
        number.Dispose();
        Assert.Equal(before, native);
        Assert.Contains(BitConverter.GetBytes(0.5), before.Chunk(8));
    }
}
