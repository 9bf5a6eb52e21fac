using System.Collections.Concurrent;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Native;

/// <summary>
/// The 256 numbers in [−1, 1] that a byte can stand for: dense near zero, over seven powers of ten (dynamic tree quantisation, Dettmers,
/// arXiv 1511.04561, as in 8-bit optimizers, arXiv 2110.02861).
/// </summary>
internal sealed class DynamicCode
{
    private const int Exponents = 7;
    private readonly ConcurrentDictionary<string, (Tensor Values, Tensor Bounds)> tables = []; // By device: some kilobytes each.
    private readonly byte[] first = new byte[1 << 16]; // By the upper half of a float's bits: where the search for its byte begins.

    private DynamicCode(bool signed)
    {
        var values = new List<double> { 0, 1 };
        for (var exponent = 0; exponent < Exponents; exponent++)
        {
            var count = 1 << (signed ? exponent : exponent + 1);
            for (var i = 0; i < count; i++)
            {
                // The middles of equal parts of [0.1, 1], as bitsandbytes has them.
                var value = Math.Pow(10, exponent - Exponents + 1) * (0.1 + 0.9 * (i + 0.5) / count);
                values.Add(value);
                if (signed)
                    values.Add(-value);
            }
        }

        Values = [.. values.Order().Select(v => (float)v)];
        Bounds = [.. Values.Zip(Values.Skip(1), (a, b) => (float)((a + (double)b) / 2)), float.PositiveInfinity];
        for (var half = 0; half < first.Length; half++)
        {
            var least = BitConverter.Int32BitsToSingle((half << 16) | (half >= 0x8000 ? 0xFFFF : 0));
            while (least > Bounds[first[half]])
                first[half]++;
        }
    }

    public static DynamicCode Signed { get; } = new(signed: true);

    public static DynamicCode Unsigned { get; } = new(signed: false);

    /// <summary>What each byte stands for, ascending.</summary>
    public float[] Values { get; }

    /// <summary>The middle between each and the next.</summary>
    public float[] Bounds { get; }

    /// <summary>
    /// The byte of the nearest number. Numbers that share the upper half of their bits lie nearer to each other than middles do: one
    /// comparison decides.
    /// </summary>
    public byte Nearest(float value)
    {
        int code = first[BitConverter.SingleToInt32Bits(value) >>> 16];
        return (byte)(code + (value > Bounds[code] ? 1 : 0));
    }

    /// <summary>What bytes stand for and the middles between, brought to a device once in the process.</summary>
    internal (Tensor Values, Tensor Bounds) On(Device device) =>
        tables.GetOrAdd(device.ToString(), _ =>
            (
                tensor(Values, device: device).DetachFromDisposeScope(), // [256]
                tensor(Bounds[..255], device: device).DetachFromDisposeScope() // [255]
            )
        );

    /// <summary>Bytes as numbers.</summary>
    /// <param name="codes">uint8 <c>[blocks, size]</c>.</param>
    /// <param name="scales">float32 <c>[blocks]</c>.</param>
    /// <param name="book">The <see cref="Book"/>, where the bytes are.</param>
    public static Tensor Decode(Tensor codes, Tensor scales, Tensor book) =>
        book.index_select(0, codes.flatten().to(ScalarType.Int32)).view(codes.shape).mul_(scales.unsqueeze(1)); // [blocks, size]

    /// <inheritdoc cref="Decode(Tensor, Tensor, Tensor)"/>
    public Tensor Decode(Tensor codes, Tensor scales) => Decode(codes, scales, On(codes.device).Values);

    /// <summary>The <see cref="Values"/> on a device, float32 <c>[256]</c>; the caller's own.</summary>
    public Tensor Book(Device device) => tensor(Values, device: device);

    /// <summary>Writes numbers as bytes, and the largest of each block as its scale.</summary>
    /// <param name="values">float32 <c>[blocks, size]</c>.</param>
    /// <param name="codes">Receives the bytes.</param>
    /// <param name="scales">Receives the scales.</param>
    public void Encode(Tensor values, Tensor codes, Tensor scales)
    {
        scales.copy_(values.abs().amax([1L]));
        // In [−1, 1], [blocks, size]; the scale of a block of zeros is 0.
        var shares = values * where(scales > 0, scales.reciprocal(), zeros_like(scales)).unsqueeze(1);
        codes.copy_(bucketize(shares, On(codes.device).Bounds, true));
    }
}
