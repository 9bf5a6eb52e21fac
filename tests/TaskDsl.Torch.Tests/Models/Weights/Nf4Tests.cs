using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Models.Weights;
using TaskDsl.Torch.Native;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Models.Weights;

/// <summary>NF4 against bitsandbytes' definition, written again in PyTorch (Golden/nf4.py), and here, one number at a time.</summary>
public sealed class Nf4Tests : TorchTest
{
    private static readonly JsonElement Golden = JsonDocument
        .Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", "nf4.json")))
        .RootElement;

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, Golden.GetProperty("cases").GetArrayLength())];

    [Theory, MemberData(nameof(Cases))]
    public void Codes_scales_and_numbers_are_those_of_bitsandbytes_definition_bit_by_bit(int index)
    {
        var known = Golden.GetProperty("cases")[index];
        var (outputs, inputs) = (known.GetProperty("outputs").GetInt32(), known.GetProperty("inputs").GetInt32());
        var matrix = tensor(Numbers(outputs * inputs, known.GetProperty("seed").GetInt32()), [outputs, inputs]);
        var (codes, scales) = Nf4Code.Encode(matrix.flatten());
        Assert.Equal(known.GetProperty("codes_sha256").GetString(), Hash(codes));
        Assert.Equal(known.GetProperty("scales_sha256").GetString(), Hash(scales));
        if (known.TryGetProperty("codes", out var written))
            Assert.Equal(written.GetString(), Convert.ToHexStringLower(TensorMemory.Span<byte>(codes)));
        using var weight = new Nf4Weight(matrix);
        Assert.Equal(known.GetProperty("scale_codes_sha256").GetString(), Hash(weight.ScaleCodes.flatten().narrow(0, 0, scales.size(0))));
        Assert.Equal(known.GetProperty("scale_scales_sha256").GetString(), Hash(weight.ScaleScales));
        Assert.Equal(known.GetProperty("mean").GetSingle(), weight.Mean.ToSingle());
        var values = TensorMemory.Span<float>(weight.Matrix);
        foreach (var some in known.GetProperty("some_values").EnumerateArray())
            Assert.Equal(some[1].GetSingle(), values[some[0].GetInt32()], 2e-7f * Math.Abs(some[1].GetSingle()));
    }

    /// <summary>Whatever the size: blocks run through the rows, and the last may be short.</summary>
    [Theory, InlineData(1, 1), InlineData(1, 63), InlineData(3, 43), InlineData(7, 64), InlineData(65, 65), InlineData(40, 515)]
    public void Codes_are_those_of_the_definition(int outputs, int inputs)
    {
        var values = randn(outputs * inputs).mul_(0.02f);
        values.narrow(0, 0, Math.Min(values.size(0), 64)).zero_(); // A block of zeros.
        var (codes, scales) = Nf4Code.Encode(values);
        var (numbers, bytes) = (TensorMemory.Span<float>(values).ToArray(), TensorMemory.Span<byte>(codes).ToArray());
        var blocks = numbers.Chunk(64).ToArray();
        Assert.Equal(blocks.Select(block => block.Max(Math.Abs)), TensorMemory.Span<float>(scales).ToArray());
        Assert.Equal((numbers.Length + 1) / 2, bytes.Length);
        for (var i = 0; i < numbers.Length; i++)
        {
            var inverse = 1 / blocks[i / 64].Max(Math.Abs);
            var code = Nf4Code.Bounds.Count(bound => numbers[i] * inverse > bound);
            Assert.Equal(code, i % 2 == 0 ? bytes[i / 2] >> 4 : bytes[i / 2] & 15);
        }
    }

    [Fact]
    public void Each_number_of_the_book_keeps_its_code_and_a_tie_goes_to_the_lower()
    {
        Assert.Equal(Nf4Code.Values.Order(), Nf4Code.Values);
        Assert.Equal(Enumerable.Range(0, 16).Select(i => (byte)i), Codes(Nf4Code.Values));
        Assert.Equal(Enumerable.Range(0, 15).Select(i => (byte)i), Codes([.. Nf4Code.Bounds, 1f])[..15]);

        static byte[] Codes(IReadOnlyList<float> values) =>
            [
                .. TensorMemory
                    .Span<byte>(Nf4Code.Encode(tensor(values.ToArray())).Codes)
                    .ToArray()
                    .SelectMany(b => new[] { (byte)(b >> 4), (byte)(b & 15) }),
            ];
    }

    /// <summary>Half of the widest gap between two numbers of the book, and what the scale's own eight bits add.</summary>
    [Fact]
    public void What_is_read_back_is_as_near_as_the_book_allows()
    {
        var matrix = randn(96, 333).mul_(0.05f);
        using var weight = new Nf4().Quantise(matrix);
        var (was, now) = (TensorMemory.Span<float>(matrix).ToArray(), TensorMemory.Span<float>(weight.Matrix).ToArray());
        var scales = was.Chunk(64).Select(block => block.Max(Math.Abs)).ToArray();
        var gap = Nf4Code.Values.Zip(Nf4Code.Values.Skip(1), (a, b) => b - a).Max();
        var ofScale = scales.Max(scale => Math.Abs(scale - scales.Average())) * 0.0071; // Half of the widest gap of the dynamic code.
        for (var i = 0; i < was.Length; i++)
            Assert.InRange(Math.Abs(was[i] - now[i]), 0, gap / 2 * scales[i / 64] + ofScale + 1e-6);
    }

    [Theory, InlineData(1), InlineData(2), InlineData(63), InlineData(64), InlineData(65), InlineData(4095), InlineData(100_001)]
    public void The_kernel_reads_what_plain_operations_read(int count)
    {
        var (codes, scales) = Nf4Code.Encode(randn(count));
        var book = Nf4Code.Book(CPU);
        Assert.Equal(Hash(Nf4Code.DecodePlainly(codes, scales, count, book)), Hash(Nf4Code.Decode(codes, scales, count, book)));
    }

    [Fact]
    public void A_number_takes_four_bits_and_an_eighth()
    {
        using var weight = new Nf4().Quantise(randn(1024, 1024));
        var books = 4 * (16 + 256); // Of a map, whatever its size.
        Assert.Equal(4 + 8.0 / 64 + 32.0 / (64 * 256), 8.0 * (weight.Bytes - books) / weight.Count, 1e-4);
        using var shape = new Nf4().Quantise(empty([1024, 1024], device: device(DeviceType.META)));
        Assert.Equal(weight.Bytes, shape.Bytes);
    }

    /// <summary>Whatever the weight's size, a piece computes the scales of its own, in the blocks of 256 that they stand in.</summary>
    [Theory, InlineData(0, 65, 1), InlineData(250, 10, 2), InlineData(1024, 16, 1), InlineData(0, 1040, 5)]
    public void A_piece_computes_no_scales_but_its_own(long from, long count, int blocks)
    {
        using var weight = new Nf4Weight(randn(1024, 65));
        var scales = weight.Scales(from, count);
        Close(weight.Scales(0, 1040).narrow(0, from, count), scales, 0);
        Assert.Equal(256 * blocks, scales.storage<float>().Count);
    }

    /// <summary>As exact as the whole in sixteen bits, however many pieces there are: their sum is not rounded for each of them.</summary>
    [Fact]
    public void Gradients_in_sixteen_bits_are_as_near_by_pieces_as_by_the_whole_weight()
    {
        using var weight = new Nf4().Quantise(randn(4096, 64));
        var (x, y) = (randn(8, 64), randn(8, 4096));
        var exact = y.to(ScalarType.BFloat16).to(ScalarType.Float64).mm(weight.Matrix.to(ScalarType.BFloat16).to(ScalarType.Float64));
        weight.PieceRows = 4096;
        var whole = Off();
        weight.PieceRows = 64;
        Assert.InRange(Off(), 0, 1.3 * whole);

        double Off()
        {
            var learned = x.clone().requires_grad_();
            Tensor product;
            using (Autocast.BFloat16(CPU))
                product = QuantisedLinear.Of(learned, weight, null);
            Gradients.Backward((product * y.to(product.dtype)).sum());
            return (learned.grad!.to(ScalarType.Float64) - exact).norm().ToDouble();
        }
    }

    /// <summary>Forward and backward, by pieces, against the whole weight.</summary>
    [Theory, InlineData(200, 96, true), InlineData(64, 30, false), InlineData(130, 65, true), InlineData(1, 7, false)]
    public void A_map_by_pieces_is_the_map_by_the_whole_weight(int outputs, int inputs, bool biased)
    {
        using var weight = new Nf4().Quantise(randn(outputs, inputs));
        var bias = biased ? randn(outputs) : null;
        var matrix = weight.Matrix;
        Assert.Equal(Hash(matrix.narrow(0, outputs / 64 * 64 - (outputs % 64 == 0 ? 64 : 0), 1)), Hash(Last(weight)));
        foreach (var rows in (long[])[64, outputs])
        {
            weight.PieceRows = rows;
            var (x, y) = (randn(3, 5, inputs), randn(3, 5, outputs));
            var (a, b) = (x.clone().requires_grad_(), x.clone().requires_grad_());
            var (whole, pieces) = (Ops.Linear(a, matrix, bias), QuantisedLinear.Of(b, weight, bias));
            Close(whole, pieces, 2e-5);
            Close(whole, QuantisedLinear.Of(x, weight, bias), 2e-5);
            Gradients.Backward((whole * y).sum());
            Gradients.Backward((pieces * y).sum());
            Close(a.grad!, b.grad!, 2e-5);
        }

        static Tensor Last(QuantisedWeight weight)
        {
            var from = (weight.Outputs - 1) / 64 * 64;
            return weight.Rows(from, 1);
        }
    }

    /// <summary>The numbers that the reference was given: cubes of uniform ones, so that few are large.</summary>
    private static float[] Numbers(int count, int seed)
    {
        var numbers = new float[count];
        for (var i = 0; i < count; i++)
        {
            var hash = (uint)(((ulong)i + (ulong)seed * 1000003) * 2654435761);
            hash ^= hash >> 15;
            hash *= 2246822519;
            hash ^= hash >> 13;
            var uniform = ((int)(hash >> 8) - (1 << 23)) / (float)(1 << 23);
            numbers[i] = uniform * uniform * uniform;
        }

        return numbers;
    }

    private static string Hash(Tensor values) =>
        Convert.ToHexStringLower(
            SHA256.HashData(
                values.dtype == ScalarType.Byte
                    ? TensorMemory.Span<byte>(values.contiguous())
                    : MemoryMarshal.AsBytes(TensorMemory.Span<float>(values.contiguous()))
            )
        );
}
