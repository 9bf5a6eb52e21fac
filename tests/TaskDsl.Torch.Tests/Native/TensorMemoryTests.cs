using TaskDsl.Torch.Native;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Native;

public sealed unsafe class TensorMemoryTests : TorchTest
{
    [Fact]
    public void A_mapped_file_is_seen_without_a_copy_and_never_written()
    {
        var path = Path.GetTempFileName();
        try
        {
            var bytes = new byte[16 + 4 * 5];
            for (var i = 0; i < 5; i++)
                BitConverter.TryWriteBytes(bytes.AsSpan(16 + 4 * i), i + 0.5f);
            File.WriteAllBytes(path, bytes);
            var file = TensorMemory.Map(path);
            var view = TensorMemory.View(file, 16, ScalarType.Float32, [5]);
            Assert.Equal([0.5f, 1.5f, 2.5f, 3.5f, 4.5f], TensorMemory.Span<float>(view).ToArray());
            Assert.Equal((nint)TensorMemory.Pointer(file) + 16, (nint)TensorMemory.Pointer(view));
            file.Dispose();
            view.add_(1);
            Assert.Equal(1.5f, view[0].ToSingle());
            Assert.Equal(bytes, File.ReadAllBytes(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, 9)]
    [InlineData(32, 1)]
    [InlineData(4, long.MaxValue)]
    public void A_view_beyond_its_bytes_is_refused(long offset, long size)
    {
        var thrown = Record.Exception(() => TensorMemory.View(zeros(32, dtype: ScalarType.Byte), offset, ScalarType.Float32, [size]));
        Assert.True(thrown is ArgumentOutOfRangeException or OverflowException, $"{thrown}");
    }

    [Fact]
    public void A_tensor_over_a_pointer_sees_what_is_written_behind_it()
    {
        var data = stackalloc float[6];
        var tensor = TensorMemory.FromPointer(data, [2, 3]);
        data[4] = 7;
        Assert.Equal(7f, tensor[1, 1].ToSingle());
        tensor.Dispose();
    }
}
