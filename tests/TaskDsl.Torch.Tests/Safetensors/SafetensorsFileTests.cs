using System.Text;
using CsCheck;
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
        using (var file = SafetensorsFile.Open(path)) read = file.Read("x", 1000);
        File.Delete(path);
        GC.Collect();
        Assert.Equal(499500f, read.sum().ToSingle());
    }

    [Fact]
    public void A_badly_aligned_tensor_is_read_all_the_same()
    {
        using var folder = new TempFolder();
        var path = folder.File("x.safetensors");
        Write(path, """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"F32","shape":[1],"data_offsets":[1,5]}}""", [9, .. BitConverter.GetBytes(1.5f)]);
        using var file = SafetensorsFile.Open(path);
        Assert.Equal(1.5f, file.Read("b").ToSingle());
    }

    [Theory]
    [InlineData("""{"x":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "x", "needs 12 bytes")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "x", "cut short")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 12, null, "12 bytes of data")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "x", "nothing says")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"y":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "y", "inside the tensor before")]
    [InlineData("""{"x":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[0,2]}}""", 2, "x", "F8_E4M3")]
    [InlineData("""{"x":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "x", "from 0")]
    [InlineData("""{"x":{"dtype":"F32","shape":[9223372036854775807,4],"data_offsets":[0,8]}}""", 8, "x", "larger than any file")]
    [InlineData("""{"x":{"dtype":"F32","shape":[4611686018427387904,0,4],"data_offsets":[0,0]}}""", 0, "x", "larger than any file")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "x", "expected [begin, end]")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2]}}""", 8, "x", "lacks")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "x", "twice")]
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
        Assert.Contains("expected [3, 2]", Assert.Throws<SafetensorsException>(() => file.Read("x", 3, 2)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_bytes_a_file_has_it_is_read_or_refused()
    {
        using var folder = new TempFolder();
        var path = folder.File("x.safetensors");
        SafetensorsFile.Write(path, [new("weight", randn(4, 4)), new("ids", tensor(new long[] { 1, 2 }))]);
        var good = File.ReadAllBytes(path);
        var edits = Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte).Array[1, 6];
        Gen.Select(edits, Gen.Int[0, good.Length]).Sample((changes, length) =>
        {
            var bytes = good.ToArray();
            foreach (var (at, value) in changes) bytes[at] = value;
            var file = folder.File(Guid.NewGuid().ToString("n"));
            File.WriteAllBytes(file, bytes[..length]);
            try
            {
                using var scope = NewDisposeScope();
                using var opened = SafetensorsFile.Open(file);
                foreach (var name in opened.Tensors.Keys) opened.Read(name).sum();
            }
            catch (SafetensorsException)
            {
                // Refused in the one way that is allowed; anything else fails the test.
            }
            finally
            {
                File.Delete(file);
            }
        }, iter: 2000, threads: 1);
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
        File.WriteAllBytes(path, [.. BitConverter.GetBytes((long)Encoding.UTF8.GetByteCount(header)), .. Encoding.UTF8.GetBytes(header), .. data]);
}
