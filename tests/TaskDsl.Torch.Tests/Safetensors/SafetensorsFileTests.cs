using System.Text;
using TaskDsl.Disk;
using TaskDsl.Torch.Safetensors;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Safetensors;

public sealed class SafetensorsFileTests : TorchTest
{
    [Fact]
    public void What_was_written_is_read_back_bit_for_bit()
    {
        using var folder = new TempFolder();
        var path = folder.File("x.safetensors");
        var tensors = new Dictionary<string, Tensor>
        {
            ["half"] = randn(3).to(ScalarType.Float16),
            ["brain"] = randn(2, 2).to(ScalarType.BFloat16),
            ["single"] = randn(2, 3),
            ["double"] = randn(1).to(ScalarType.Float64),
            ["long"] = tensor(new long[] { 1, -2 }),
            ["bytes"] = tensor(new byte[] { 1, 2, 255 }),
            ["yes"] = tensor(new[] { true, false }),
            ["scalar"] = tensor(2.5f),
            ["empty"] = zeros(0, 4),
            ["turned"] = randn(4, 5).t(),
            ["漢字"] = ones(1),
        };
        SafetensorsFile.Write(path, tensors, new Dictionary<string, string> { ["format"] = "pt", ["note"] = "\"quoted\" 漢字" });
        using var file = SafetensorsFile.Open(path);
        Assert.Equal(tensors.Keys.Order(), file.Tensors.Keys.Order());
        Assert.Equal("\"quoted\" 漢字", file.Metadata["note"]);
        foreach (var (name, tensor) in tensors)
        {
            var read = file.Read(name);
            Assert.Equal(tensor.dtype, read.dtype);
            Assert.Equal(tensor.shape, read.shape);
            Assert.True(tensor.numel() == 0 || tensor.eq(read).all().item<bool>(), name);
        }

        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_tensor_outlives_the_file_that_it_came_from()
    {
        using var folder = new TempFolder();
        var path = folder.File("x.safetensors");
        SafetensorsFile.Write(path, [new("x", arange(1000, dtype: ScalarType.Float32))]);
        Tensor read;
        using (var file = SafetensorsFile.Open(path))
            read = file.Read("x", 1000);
        File.Delete(path);
        GC.Collect();
        Assert.Equal(499500f, read.sum().ToSingle());
    }

    [Fact]
    public void A_badly_aligned_tensor_is_read_all_the_same()
    {
        using var folder = new TempFolder();
        var path = folder.File("x.safetensors");
        Write(
            path,
            """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"F32","shape":[1],"data_offsets":[1,5]}}""",
            [9, .. BitConverter.GetBytes(1.5f)]
        );
        using var file = SafetensorsFile.Open(path);
        Assert.Equal(1.5f, file.Read("b").ToSingle());
    }

    [Theory]
    [InlineData("""{"x":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "x", "needs 12 bytes")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "x", "cut short")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 12, null, "12 bytes of data")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "x", "nothing says")]
    [InlineData(
        """{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"y":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""",
        8,
        "y",
        "inside the tensor before"
    )]
    [InlineData("""{"x":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[0,2]}}""", 2, "x", "F8_E4M3")]
    [InlineData("""{"x":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "x", "from 0")]
    [InlineData("""{"x":{"dtype":"F32","shape":[9223372036854775807,4],"data_offsets":[0,8]}}""", 8, "x", "larger than any file")]
    [InlineData("""{"x":{"dtype":"F32","shape":[4611686018427387904,0,4],"data_offsets":[0,0]}}""", 0, "x", "larger than any file")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "x", "expected [begin, end]")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2]}}""", 8, "x", "lacks")]
    [InlineData(
        """{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""",
        8,
        "x",
        "twice"
    )]
    [InlineData(
        """{"x":{"dtype":"U8","shape":[0,4611686018427387904,4611686018427387904],"data_offsets":[0,0]}}""",
        0,
        "x",
        "larger than any file"
    )]
    [InlineData(
        """{"x":{"dtype":"U8","shape":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1"""
            + """,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],"data_offsets":[0,1]}}""",
        1,
        "x",
        "of 65 numbers"
    )]
    [InlineData("""{"x":{"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,8]}}""", 8, "x", "whole numbers")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}""", 8, "x", "whole numbers")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}""", 8, "x", "expected [begin, end]")]
    [InlineData("""{"x":{"dtype":"F32","shape":"2","data_offsets":[0,8]}}""", 8, "x", "no list")]
    [InlineData("""{"x":{"dtype":7,"shape":[2],"data_offsets":[0,8]}}""", 8, "x", "the type 7")]
    [InlineData("""{"__metadata__":7}""", 0, null, "not the JSON")]
    [InlineData("""{"x":7}""", 0, "x", "no object")]
    [InlineData("""[]""", 0, null, "not the JSON")]
    [InlineData("""{"x":""", 0, null, "not the JSON")]
    public void A_header_that_lies_is_refused_with_its_place(string header, int data, string? tensor, string problem)
    {
        using var folder = new TempFolder();
        var path = folder.File("x.safetensors");
        Write(path, header, new byte[data]);
        var thrown = Assert.Throws<SafetensorsException>(() => SafetensorsFile.Open(path));
        Assert.Equal(tensor, thrown.Tensor);
        Assert.Contains(path, thrown.Message, StringComparison.Ordinal);
        Assert.Contains(problem, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_tensor_and_a_wrong_shape_are_named()
    {
        using var folder = new TempFolder();
        var path = folder.File("x.safetensors");
        SafetensorsFile.Write(path, [new("x", zeros(2, 3))]);
        using var file = SafetensorsFile.Open(path);
        Assert.Equal("y", Assert.Throws<SafetensorsException>(() => file.Read("y")).Tensor);
        Assert.Contains(
            "expected [3, 2]",
            Assert.Throws<SafetensorsException>(() => file.Read("x", 3, 2)).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(0xFFFF_FFFF_FFFF_FFFFul, "more than the 100000000 allowed")]
    [InlineData(0x8000_0000_0000_0000ul, "more than the 100000000 allowed")]
    [InlineData(100_000_001ul, "more than the 100000000 allowed")]
    [InlineData(100_000_000ul, "cut short")]
    [InlineData(40ul, "not the JSON")]
    [InlineData(0ul, "not the JSON")]
    public void A_length_that_lies_is_refused_before_anything_is_made_of_it(ulong length, string problem)
    {
        using var folder = new TempFolder();
        var path = folder.File("x.safetensors");
        Write(path, """{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}    """, new byte[8]);
        var bytes = File.ReadAllBytes(path);
        BitConverter.GetBytes(length).CopyTo(bytes, 0);
        File.WriteAllBytes(path, bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains(problem, Assert.Throws<SafetensorsException>(() => SafetensorsFile.Open(path)).Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void A_long_lie_takes_no_longer_to_refuse_than_to_read()
    {
        using var folder = new TempFolder();
        var path = folder.File("x.safetensors");
        // 400,000 steps of 400,000 would be an hour.
        Write(
            path,
            $$$"""{"x":{"dtype":"U8","shape":[{{{string.Join(',', Enumerable.Repeat(1, 400_000))}}},{}],"data_offsets":[0,1]}}""",
            [1]
        );
        var thrown = Assert.Throws<SafetensorsException>(() => SafetensorsFile.Open(path));
        Assert.Equal("x", thrown.Tensor);
        Assert.InRange(thrown.Message.Length, 1, 1000);
    }

    [Fact]
    public void Names_that_a_header_cannot_hold_are_not_written()
    {
        using var folder = new TempFolder();
        var path = folder.File("x.safetensors");
        Assert.Throws<ArgumentException>(() => SafetensorsFile.Write(path, [new("x", ones(1)), new("x", ones(2))]));
        Assert.Throws<ArgumentException>(() => SafetensorsFile.Write(path, [new("__metadata__", ones(1))]));
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void A_write_that_fails_leaves_the_old_file()
    {
        using var folder = new TempFolder();
        var path = folder.File("x");
        AtomicFile.WriteText(path, "old");
        Assert.Throws<FormatException>(() => AtomicFile.Write(path, stream =>
            {
                stream.WriteByte(1);
                throw new FormatException();
            }));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    internal static void Write(string path, string header, byte[] data) =>
        File.WriteAllBytes(
            path,
            [.. BitConverter.GetBytes((long)Encoding.UTF8.GetByteCount(header)), .. Encoding.UTF8.GetBytes(header), .. data]
        );
}
